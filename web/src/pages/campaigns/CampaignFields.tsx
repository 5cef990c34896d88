// The fields of the campaign form, in three groups: what is dialled, by which
// rules, and who takes the calls.
import { Form, Input, InputNumber, Row, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignRequest } from '../../api/types';
import { FormField } from '../../parts/FormField';
import { PoolField } from './PoolField';
import { PreviewFields } from './PreviewFields';
import { useLists, useUsers } from './queries';
import { StandingFields } from './StandingFields';
import { TrunkFields } from './TrunkFields';

const Field = FormField<CampaignRequest>;

/** Calls for each free agent, shown in calls and kept per mille. */
function PermilleInput({
  value,
  onChange,
}: {
  value?: number;
  onChange?: (value: number) => void;
}) {
  return (
    <InputNumber
      min={1}
      max={5}
      step={0.1}
      value={(value ?? 1000) / 1000}
      onChange={(calls) => onChange?.(Math.round((calls ?? 1) * 1000))}
      style={{ width: '100%' }}
    />
  );
}

/** Only of the mode that fixes it. */
function RatioField() {
  const { t } = useTranslation();
  const mode = Form.useWatch<CampaignRequest['mode']>('mode');
  return (
    <Field
      name="ratio_permille"
      label={t('campaigns.ratio')}
      hint={t('campaigns.ratioHint')}
      span={8}
      hidden={mode !== 'ratio'}
    >
      <PermilleInput />
    </Field>
  );
}

/** Name, list, trunk, numbers. */
export function DialFields() {
  const { t } = useTranslation();
  const lists = useLists();
  return (
    <Row gutter={16}>
      <Field name="name" label={t('common.name')} span={8}>
        <Input maxLength={100} />
      </Field>
      <Field name="list_id" label={t('campaigns.list')} span={8}>
        <Select
          loading={lists.isPending}
          options={lists.data?.items.map((list) => ({
            value: list.id,
            label: t('campaigns.listOption', { name: list.name, count: list.leads }),
          }))}
        />
      </Field>
      <Field name="mode" label={t('campaigns.modeLabel')} span={8}>
        <Select
          options={(['predictive', 'progressive', 'ratio', 'preview'] as const).map((mode) => ({
            value: mode,
            label: t(`campaigns.mode.${mode}`),
          }))}
        />
      </Field>
      <RatioField />
      <PreviewFields />
      <TrunkFields callerIdLabel={t('campaigns.callerId')} span={8} />
      <PoolField />
      <Field name="lines_max" label={t('campaigns.linesMax')} span={8}>
        <InputNumber min={1} style={{ width: '100%' }} />
      </Field>
      <StandingFields />
    </Row>
  );
}

/** Times and limits. */
export function RuleFields() {
  const { t } = useTranslation();
  const seconds = t('common.seconds');
  const number = (unit: string, min: number) => (
    <InputNumber min={min} suffix={unit} style={{ width: '100%' }} />
  );
  return (
    <Row gutter={16}>
      <Field name="ring_seconds" label={t('campaigns.ringSeconds')}>
        {number(seconds, 15)}
      </Field>
      <Field
        name="wrap_up_seconds"
        label={t('campaigns.wrapUpSeconds')}
        hint={t('campaigns.wrapUpHint')}
      >
        {number(seconds, 0)}
      </Field>
      <Field name="max_attempts" label={t('campaigns.maxAttempts')}>
        <InputNumber min={1} style={{ width: '100%' }} />
      </Field>
      <Field
        name="drop_cap_permille"
        label={t('campaigns.dropCap')}
        hint={t('campaigns.dropCapHint')}
      >
        {number('‰', 0)}
      </Field>
      <Field
        name="cap_window_hours"
        label={t('campaigns.capWindow')}
        hint={t('campaigns.capWindowHint')}
      >
        {number(t('common.hours'), 1)}
      </Field>
      <Field
        name="cap_group"
        label={t('campaigns.capGroup')}
        hint={t('campaigns.capGroupHint')}
        optional
      >
        <Input maxLength={100} />
      </Field>
      <Field name="drop_after_ms" label={t('campaigns.dropAfter')}>
        {number('ms', 0)}
      </Field>
      <Field name="wait_ms_max" label={t('campaigns.waitMax')} hint={t('campaigns.waitMaxHint')}>
        {number('ms', 0)}
      </Field>
      <Field
        name="drop_message"
        label={t('campaigns.dropMessage')}
        hint={t('queues.soundHint')}
        span={12}
        optional
      >
        <Input maxLength={200} />
      </Field>
    </Row>
  );
}

/** Agents and the script. */
export function PeopleFields() {
  const { t } = useTranslation();
  const users = useUsers();
  // Somebody deactivated stays in the list, so that the name is shown and can be taken out.
  const agents = users.data?.items.filter((user) => user.extension);
  return (
    <Row gutter={16}>
      <Field name="agents" label={t('campaigns.agentsLabel')} span={24} optional>
        <Select
          mode="multiple"
          loading={users.isPending}
          showSearch={{ optionFilterProp: 'label' }}
          options={agents?.map((user) => ({
            value: user.id,
            disabled: !user.active,
            label: `${user.display_name} (${user.extension ?? ''})`,
          }))}
        />
      </Field>
      <Field name="script" label={t('campaigns.script')} span={24} optional>
        <Input.TextArea rows={5} />
      </Field>
    </Row>
  );
}
