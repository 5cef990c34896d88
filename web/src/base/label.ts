// Labels that the server keeps in both languages (dispositions, pause reasons).

interface Labelled {
  label_zh: string;
  label_en: string;
}

/** The label in the given language. */
export function labelIn(thing: Labelled, language: string): string {
  return language === 'en' ? thing.label_en : thing.label_zh;
}
