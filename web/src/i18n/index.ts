// Languages: Chinese first, English at a switch, remembered in this browser.
// The texts lie in zh/ and en/, one file per room of the console; the Chinese
// ones are the measure, and English must have the same keys (type and test).
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { zh } from './zh';

export type Language = 'zh-CN' | 'en';

const STORAGE_KEY = 'trunkline.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zh };
  }
}

function remembered(): Language {
  try {
    return localStorage.getItem(STORAGE_KEY) === 'en' ? 'en' : 'zh-CN';
  } catch {
    return 'zh-CN'; // Storage is switched off in this browser.
  }
}

function applyToPage(language: string): void {
  document.documentElement.lang = language;
  dayjs.locale(language === 'en' ? 'en' : 'zh-cn');
}

/** Switches the language and remembers it. */
export async function setLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Not remembered, then.
  }
  await i18next.changeLanguage(language);
}

/** Loads the texts; to be awaited before the first drawing. */
export async function startLanguages(): Promise<void> {
  i18next.on('languageChanged', applyToPage);
  await i18next.use(initReactI18next).init({
    lng: remembered(),
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
  });
}
