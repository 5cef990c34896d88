// Creating and changing a calendar. The server checks; its messages appear at the
// fields they are about.
import { Card, Form, Input, Row } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { CalendarView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { FormField } from '../../parts/FormField';
import { SettingsForm, SettingsPage } from '../../parts/SettingsForm';
import { paths } from '../../paths';
import { DEFAULTS, toForm, type CalendarForm } from './form';
import { HolidaysField } from './HolidaysField';
import { useCalendar, useSaveCalendar } from './queries';
import { WeekFields } from './WeekFields';

const Field = FormField<CalendarForm>;

function CalendarCards({ calendar }: { calendar?: CalendarView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [form] = Form.useForm<CalendarForm>();
  const save = useSaveCalendar(calendar?.id);

  function submit(values: CalendarForm) {
    save.mutate(values, {
      onSuccess: () => void navigate(paths.calendars),
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <SettingsForm
      form={form}
      initial={calendar ? toForm(calendar) : DEFAULTS}
      onSubmit={submit}
      save={save}
    >
      <Card title={t('calendars.section.week')}>
        <Row gutter={16}>
          <Field name="name" label={t('common.name')} span={8}>
            <Input maxLength={100} />
          </Field>
        </Row>
        <WeekFields />
      </Card>
      <Card title={t('calendars.section.holidays')}>
        <Form.Item name="holidays" extra={t('calendars.holidaysHint')} style={{ marginBottom: 0 }}>
          <HolidaysField />
        </Form.Item>
      </Card>
    </SettingsForm>
  );
}

/** The form, empty or with the calendar of the address. */
export default function CalendarFormPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const calendar = useCalendar(id === undefined ? undefined : Number(id));
  return (
    <SettingsPage
      isNew={id === undefined}
      titles={{ create: t('calendars.create'), edit: t('calendars.edit') }}
      query={calendar}
    >
      {(found) => <CalendarCards {...(found && { calendar: found })} />}
    </SettingsPage>
  );
}
