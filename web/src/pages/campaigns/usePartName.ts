// The names of parts of the day in the reader's language.
import { useTranslation } from 'react-i18next';
import { zh } from '../../i18n/zh';

const KNOWN = Object.keys(zh.retry.partNames) as (keyof typeof zh.retry.partNames)[];

/** The name of a part: one of the usual ones translated, another as it is. */
export function usePartName(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => {
    const known = KNOWN.find((each) => each === name);
    return known ? t(`retry.partNames.${known}`) : name;
  };
}
