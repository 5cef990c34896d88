// Hours that must hold where a number lives that is in another time zone; without them
// only the centre's clock counts. One field of the form: fields of its own for the two
// ends would make an object again of what was switched off.
import { Form, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignTimes } from '../../../api/types';
import { TimeField } from '../../../parts/TimeField';
import { NEW_TIMES } from './times';

type Called = NonNullable<CampaignTimes['called']>;

/** The switch, and the hours while it is on. */
function CalledHours({
  value,
  onChange,
}: {
  value?: Called | null;
  onChange?: (called: Called | null | undefined) => void;
}) {
  const { t } = useTranslation();
  const end = (name: keyof Called) => (
    <TimeField
      label={`${t('campaignTimes.calledHours')} ${t(`campaignTimes.${name}`)}`}
      width={92}
      endOfDay={name === 'to'}
      value={value?.[name]}
      onChange={(time) => value && time && onChange?.({ ...value, [name]: time })}
    />
  );
  return (
    <div className="line" style={{ minHeight: 32 }}>
      <Switch
        checked={Boolean(value)}
        aria-label={t('campaignTimes.called')}
        onChange={(on) => onChange?.(on ? NEW_TIMES.called : null)}
      />
      {value && (
        <>
          <span className="quiet">{t('campaignTimes.calledHours')}</span>
          {end('from')}
          <span>–</span>
          {end('to')}
        </>
      )}
    </div>
  );
}

/** The field of the form. */
export function CalledField() {
  return (
    <Form.Item name={['times', 'called']} noStyle>
      <CalledHours />
    </Form.Item>
  );
}
