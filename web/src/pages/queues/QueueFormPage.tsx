// Creating and changing a queue. The server checks; its messages appear at the
// fields they are about.
import { Card, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { QueueView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { SettingsForm, SettingsPage } from '../../parts/SettingsForm';
import { paths } from '../../paths';
import { CallbackFields } from './CallbackFields';
import { DEFAULTS, toForm, toRequest, type QueueForm } from './form';
import { MembersField } from './MembersField';
import { HoursFields, LimitFields, ServiceFields } from './QueueFields';
import { useQueue, useSaveQueue } from './queries';

function QueueFormCards({ queue }: { queue?: QueueView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [form] = Form.useForm<QueueForm>();
  const save = useSaveQueue(queue?.id);
  const strategy = Form.useWatch('strategy', form);

  function submit(values: QueueForm) {
    save.mutate(toRequest(values), {
      onSuccess: () => void navigate(paths.queues),
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <SettingsForm
      form={form}
      initial={queue ? toForm(queue) : DEFAULTS}
      onSubmit={submit}
      save={save}
    >
      <Card title={t('queues.section.service')}>
        <ServiceFields />
      </Card>
      <Card title={t('queues.section.hours')}>
        <HoursFields own={queue?.id} />
      </Card>
      <Card title={t('queues.section.limits')}>
        <LimitFields own={queue?.id} />
      </Card>
      <Card title={t('keptPlaces.section')}>
        <CallbackFields />
      </Card>
      <Card title={t('queues.section.people')}>
        <Form.Item name="members" label={t('queues.members')}>
          <MembersField withLevels={strategy === 'skills'} />
        </Form.Item>
      </Card>
    </SettingsForm>
  );
}

/** The form, empty or with the queue of the address. */
export default function QueueFormPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const queue = useQueue(id === undefined ? undefined : Number(id));
  return (
    <SettingsPage
      isNew={id === undefined}
      titles={{ create: t('queues.create'), edit: t('queues.edit') }}
      query={queue}
    >
      {(found) => <QueueFormCards queue={found} />}
    </SettingsPage>
  );
}
