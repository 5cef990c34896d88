// Creating and changing a queue. The server checks; its messages appear at the
// fields they are about.
import { Button, Card, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { QueueView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { QueryGate } from '../../parts/QueryGate';
import { paths } from '../../paths';
import { DEFAULTS, toForm, toRequest, type QueueForm } from './form';
import { MembersField } from './MembersField';
import { LimitFields, ServiceFields } from './QueueFields';
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
    <Form
      form={form}
      layout="vertical"
      initialValues={queue ? toForm(queue) : DEFAULTS}
      onFinish={submit}
      scrollToFirstError={{ block: 'center' }}
    >
      <div className="stack">
        <Card title={t('queues.section.service')}>
          <ServiceFields />
        </Card>
        <Card title={t('queues.section.limits')}>
          <LimitFields own={queue?.id} />
        </Card>
        <Card title={t('queues.section.people')}>
          <Form.Item name="members" label={t('queues.members')}>
            <MembersField withLevels={strategy === 'skills'} />
          </Form.Item>
        </Card>
        {save.error && <ProblemAlert error={save.error} />}
        <div className="line">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
          <Button onClick={() => void navigate(-1)}>{t('common.cancel')}</Button>
        </div>
      </div>
    </Form>
  );
}

/** The form, empty or with the queue of the address. */
export default function QueueFormPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const queue = useQueue(id === undefined ? undefined : Number(id));
  return (
    <>
      <PageHead title={id === undefined ? t('queues.create') : t('queues.edit')} />
      {id === undefined ? (
        <QueueFormCards />
      ) : (
        <QueryGate query={queue}>{(each) => <QueueFormCards queue={each} />}</QueryGate>
      )}
    </>
  );
}
