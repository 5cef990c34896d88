// Creating and changing a campaign. The server checks; its messages appear at
// the fields they are about.
import { Alert, Button, Card, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import type { CampaignRequest, CampaignView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { QueryGate } from '../../parts/QueryGate';
import { paths } from '../../paths';
import { DialFields, PeopleFields, RuleFields } from './CampaignFields';
import { useCampaign, useSaveCampaign } from './queries';

const DEFAULTS: Partial<CampaignRequest> = {
  mode: 'predictive',
  ring_seconds: 30,
  wrap_up_seconds: 30,
  drop_cap_permille: 30,
  drop_after_ms: 2000,
  wait_ms_max: 10_000,
  lines_max: 100,
  hours_from: '08:30',
  hours_to: '20:30',
  weekdays: 31,
  max_attempts: 3,
  retry_minutes: 60,
  agents: [],
};

function CampaignForm({ campaign }: { campaign?: CampaignView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [form] = Form.useForm<CampaignRequest>();
  const save = useSaveCampaign(campaign?.id);
  const list = useSearchParams()[0].get('list');

  function submit(values: CampaignRequest) {
    save.mutate(values, {
      onSuccess: (saved) => void navigate(paths.campaign(saved.id)),
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={campaign ?? { ...DEFAULTS, ...(list && { list_id: Number(list) }) }}
      onFinish={submit}
      scrollToFirstError={{ block: 'center' }}
    >
      <div className="stack">
        {campaign?.state === 'running' && (
          <Alert type="info" showIcon title={t('campaigns.editWhileRunning')} />
        )}
        <Card title={t('campaigns.section.dial')}>
          <DialFields />
        </Card>
        <Card title={t('campaigns.section.rules')}>
          <RuleFields />
        </Card>
        <Card title={t('campaigns.section.people')}>
          <PeopleFields />
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

/** The form, empty or with the campaign of the address. */
export default function CampaignFormPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const campaign = useCampaign(id === undefined ? undefined : Number(id));
  return (
    <>
      <PageHead title={id === undefined ? t('campaigns.create') : t('campaigns.edit')} />
      {id === undefined ? (
        <CampaignForm />
      ) : (
        <QueryGate query={campaign}>{(each) => <CampaignForm campaign={each} />}</QueryGate>
      )}
    </>
  );
}
