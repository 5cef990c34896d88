// Where a phone number comes from: the place, and whose its block is.
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { NumberHomeView } from '../api/types';

/** The place's name: the province's once where the city has the same. */
function placeName({ province, city }: NumberHomeView): string {
  return province === city ? city : `${province} ${city}`;
}

/** Place and operator of a number, if they are known. */
export function NumberHome({ home }: { home: NumberHomeView | null | undefined }) {
  const { t } = useTranslation();
  if (!home) return null;
  const operator = home.operator && t(`customers.operator.${home.operator}`);
  const whose = operator && (home.resold ? t('customers.resold', { operator }) : operator);
  return (
    <Tooltip title={operator && t('customers.ported')}>
      <span className="quiet">{[placeName(home), whose].filter(Boolean).join(' · ')}</span>
    </Tooltip>
  );
}
