// Creating and changing a campaign. The server checks; its messages appear at
// the fields they are about.
import { Alert, Card, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import type { CampaignRequest, CampaignView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { SettingsForm, SettingsPage } from '../../parts/SettingsForm';
import { paths } from '../../paths';
import { DialFields, PeopleFields, RuleFields } from './CampaignFields';
import { USUAL_PREVIEW } from './PreviewFields';
import { useCampaign, useSaveCampaign } from './queries';
import { RetryFields } from './RetryFields';
import { NO_CAPS, USUAL_RULES } from './retryRules';
import { NEW_TIMES } from './times/times';
import { TimesFields } from './times/TimesFields';

const DEFAULTS: Partial<CampaignRequest> = {
  mode: 'predictive',
  ring_seconds: 30,
  wrap_up_seconds: 30,
  ratio_permille: 1500,
  preview: USUAL_PREVIEW,
  drop_cap_permille: 30,
  cap_window_hours: 24,
  drop_after_ms: 2000,
  wait_ms_max: 10_000,
  lines_max: 100,
  times: NEW_TIMES,
  caller_id_pool_id: 0,
  calls_per_second: 0,
  priority: 0,
  share: 100,
  max_attempts: 3,
  retry: USUAL_RULES,
  caps: NO_CAPS,
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
    <SettingsForm
      form={form}
      initial={
        campaign
          ? { ...campaign, caller_id_pool_id: campaign.caller_id_pool_id ?? 0 }
          : { ...DEFAULTS, ...(list && { list_id: Number(list) }) }
      }
      onSubmit={submit}
      save={save}
    >
      {campaign?.state === 'running' && (
        <Alert type="info" showIcon title={t('campaigns.editWhileRunning')} />
      )}
      <Card title={t('campaigns.section.dial')}>
        <DialFields />
      </Card>
      <Card title={t('campaignTimes.title')}>
        <TimesFields />
      </Card>
      <Card title={t('campaigns.section.rules')}>
        <RuleFields />
      </Card>
      <Card title={t('retry.section')}>
        <RetryFields />
      </Card>
      <Card title={t('campaigns.section.people')}>
        <PeopleFields />
      </Card>
    </SettingsForm>
  );
}

/** The form, empty or with the campaign of the address. */
export default function CampaignFormPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const campaign = useCampaign(id === undefined ? undefined : Number(id));
  return (
    <SettingsPage
      isNew={id === undefined}
      titles={{ create: t('campaigns.create'), edit: t('campaigns.edit') }}
      query={campaign}
    >
      {(found) => <CampaignForm campaign={found} />}
    </SettingsPage>
  );
}
