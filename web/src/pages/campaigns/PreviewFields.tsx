// How a campaign in the mode preview shows its leads; kept and not shown in others.
import { Col, Form, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CampaignRequest, PreviewRules } from '../../api/types';

/** The settings that a new campaign begins with. */
export const USUAL_PREVIEW: PreviewRules = {
  seconds: 120,
  timeout: 'skip',
  skips_max: null,
  skip_minutes: 60,
};

/** Time to look, what happens after it, and skips. */
export function PreviewFields() {
  const { t } = useTranslation();
  const shown = Form.useWatch<CampaignRequest['mode']>('mode') === 'preview';
  const unlimited = (Form.useWatch<number | undefined>(['preview', 'seconds']) ?? 0) === 0;
  const field = (
    name: keyof PreviewRules,
    control: ReactNode,
    more: { hint?: string; optional?: boolean } = {},
  ) => (
    <Col span={shown ? 6 : 0}>
      <Form.Item
        name={['preview', name]}
        label={t(`campaigns.preview.${name}`)}
        extra={more.hint}
        rules={[{ required: !more.optional }]}
      >
        {control}
      </Form.Item>
    </Col>
  );
  const number = (min: number, max: number, unit?: string) => (
    <InputNumber
      min={min}
      max={max}
      precision={0}
      suffix={unit}
      placeholder={t('campaigns.preview.anyNumber')}
      style={{ width: '100%' }}
    />
  );
  return (
    <>
      {field('seconds', number(0, 3600, t('common.seconds')), {
        hint: t('campaigns.preview.secondsHint'),
      })}
      {field(
        'timeout',
        <Select
          disabled={unlimited}
          options={(['skip', 'dial'] as const).map((value) => ({
            value,
            label: t(`campaigns.preview.timeouts.${value}`),
          }))}
        />,
        { hint: t('campaigns.preview.timeoutHint') },
      )}
      {field('skips_max', number(0, 1000), {
        hint: t('campaigns.preview.skipsHint'),
        optional: true,
      })}
      {field('skip_minutes', number(1, 10_080, t('common.minutes')), {
        hint: t('campaigns.preview.skipMinutesHint'),
      })}
    </>
  );
}
