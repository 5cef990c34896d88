// The week of a calendar: a line a day, and Monday's periods for all workdays in
// one go.
import { CopyOutlined } from '@ant-design/icons';
import { Button, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PeriodForm } from '../../api/types';
import { DayBar, PeriodsField } from './PeriodsField';
import type { CalendarForm } from './form';
import { WEEK_DAYS } from './week';

function Day({ day, field }: (typeof WEEK_DAYS)[number]) {
  const { t } = useTranslation();
  const label = t(`campaigns.day.${day}`);
  const periods = Form.useWatch<PeriodForm[] | undefined>(['week', field]);
  return (
    <div className="week-line">
      <strong>{label}</strong>
      <DayBar periods={periods ?? []} />
      <Form.Item name={['week', field]} style={{ marginBottom: 0 }}>
        <PeriodsField label={label} />
      </Form.Item>
    </div>
  );
}

/** The seven days. */
export function WeekFields() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<CalendarForm>();
  function copy() {
    const monday = (form.getFieldValue(['week', 'monday']) ?? []) as PeriodForm[];
    for (const field of ['tuesday', 'wednesday', 'thursday', 'friday'] as const) {
      form.setFieldValue(['week', field], monday);
    }
  }
  return (
    <div className="stack" style={{ gap: 8 }}>
      {WEEK_DAYS.map((each) => (
        <Day key={each.field} {...each} />
      ))}
      <div>
        <Button size="small" icon={<CopyOutlined />} onClick={copy}>
          {t('calendars.copyMonday')}
        </Button>
      </div>
    </div>
  );
}
