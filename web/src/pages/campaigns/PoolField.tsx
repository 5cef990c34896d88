// The pool of caller IDs that a campaign uses, if it does not show one number alone.
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignRequest } from '../../api/types';
import { FormField } from '../../parts/FormField';
import { useCallerIdPools } from './callerIds/queries';

const Field = FormField<CampaignRequest>;

/** 0 is none. */
export function PoolField() {
  const { t } = useTranslation();
  const pools = useCallerIdPools();
  const chosen = pools.data?.items.map((pool) => ({ value: pool.id, label: pool.name })) ?? [];
  return (
    <Field
      name="caller_id_pool_id"
      label={t('callerIds.pool')}
      hint={t('callerIds.poolHint')}
      span={8}
    >
      <Select
        loading={pools.isPending}
        options={[{ value: 0, label: t('callerIds.none') }, ...chosen]}
      />
    </Field>
  );
}
