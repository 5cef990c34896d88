// The fields that entries have in common: for whom, why, until when.
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import type { BarScope } from '../../api/types';
import { useCampaigns } from '../campaigns/queries';
import { useDepartments } from './queries';

function useScopes(): BarScope[] {
  const system = useMay('do_not_call:system');
  const others = useMay('do_not_call:write');
  return [
    ...(system ? (['system'] as const) : []),
    ...(others ? (['department', 'campaign'] as const) : []),
  ];
}

function Departments() {
  const { t } = useTranslation();
  const departments = useDepartments();
  return (
    <Form.Item name="department_id" label={t('doNotCall.department')} rules={[{ required: true }]}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        loading={departments.isPending}
        options={departments.data?.items.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </Form.Item>
  );
}

function Campaigns() {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  return (
    <Form.Item name="campaign_id" label={t('doNotCall.campaign')} rules={[{ required: true }]}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        loading={campaigns.isPending}
        options={campaigns.data?.items.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </Form.Item>
  );
}

/** The items; to stand in a form whose fields extend `TermsFields`. */
export function TermsItems({ reasonHint }: { reasonHint?: string }) {
  const { t } = useTranslation();
  const scopes = useScopes();
  const form = Form.useFormInstance();
  const scope = Form.useWatch<BarScope | undefined>('scope', form);
  return (
    <>
      <div className="form-grid">
        <Form.Item
          name="scope"
          label={t('doNotCall.scope')}
          initialValue={scopes[0]}
          rules={[{ required: true }]}
        >
          <Select
            options={scopes.map((value) => ({ value, label: t(`doNotCall.scopes.${value}`) }))}
          />
        </Form.Item>
        {scope === 'department' && <Departments />}
        {scope === 'campaign' && <Campaigns />}
        <Form.Item
          name="expires_on"
          label={t('doNotCall.lastDay')}
          extra={t('doNotCall.lastDayHint')}
        >
          <Input type="date" />
        </Form.Item>
      </div>
      <Form.Item
        name="reason"
        label={t('doNotCall.reason')}
        rules={[{ required: reasonHint === undefined }]}
      >
        <Input maxLength={200} placeholder={reasonHint} />
      </Form.Item>
      <Form.Item name="note" label={t('doNotCall.note')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={4000} />
      </Form.Item>
    </>
  );
}
