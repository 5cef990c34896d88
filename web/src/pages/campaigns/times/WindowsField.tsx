// The daily windows of a campaign: on which days, from when, until when.
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { WeekdayName, WindowForm } from '../../../api/types';
import { TimeField } from '../../../parts/TimeField';
import { WEEK_DAYS } from '../../calendars/week';
import { ALL_DAYS, WORKDAYS } from './times';

const WINDOWS = ['times', 'windows'];
const FIRST: WindowForm = { days: WORKDAYS, from: '09:00', to: '18:00' };

function DaysField({
  value = [],
  onChange,
}: {
  value?: WeekdayName[];
  onChange?: (days: WeekdayName[]) => void;
}) {
  const { t } = useTranslation();
  const sorted = (days: WeekdayName[]) => ALL_DAYS.filter((day) => days.includes(day));
  return (
    <div className="line" style={{ gap: 4 }}>
      <Select
        mode="multiple"
        value={value}
        maxTagCount="responsive"
        aria-label={t('campaignTimes.days')}
        style={{ width: 420 }}
        onChange={(days: WeekdayName[]) => onChange?.(sorted(days))}
        options={WEEK_DAYS.map(({ day, field }) => ({
          value: field,
          label: t(`campaigns.day.${day}`),
        }))}
      />
      <Button size="small" type="link" onClick={() => onChange?.(WORKDAYS)}>
        {t('campaignTimes.workdays')}
      </Button>
      <Button size="small" type="link" onClick={() => onChange?.(ALL_DAYS)}>
        {t('campaignTimes.allDays')}
      </Button>
    </div>
  );
}

/** A line a window; the server names the window that is not right. */
export function WindowsField() {
  const { t } = useTranslation();
  return (
    <Form.List name={WINDOWS}>
      {(fields, { add, remove }, { errors }) => (
        <div className="stack" style={{ gap: 4 }}>
          {fields.map(({ key, name }) => (
            <div key={key} className="line" style={{ alignItems: 'flex-start' }}>
              <Form.Item name={[name, 'days']} style={{ marginBottom: 4 }}>
                <DaysField />
              </Form.Item>
              <Form.Item name={[name, 'from']} style={{ marginBottom: 4 }}>
                <TimeField label={t('campaignTimes.from')} width={92} />
              </Form.Item>
              <span style={{ lineHeight: '32px' }}>–</span>
              <Form.Item name={[name, 'to']} style={{ marginBottom: 4 }}>
                <TimeField label={t('campaignTimes.to')} width={92} endOfDay />
              </Form.Item>
              <Button
                type="text"
                icon={<CloseOutlined />}
                aria-label={`${t('campaignTimes.removeWindow')} ${name + 1}`}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <div>
            <Button size="small" icon={<PlusOutlined />} onClick={() => add(FIRST)}>
              {t('campaignTimes.addWindow')}
            </Button>
          </div>
        </div>
      )}
    </Form.List>
  );
}
