// The table of retry rules by result, and the parts of the day below it.
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Input, InputNumber, Select, Space, Table, Tooltip } from 'antd';
import type { TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DayPart, ResultRule, RetryRules } from '../../api/types';
import { ResultLabel } from '../../parts/labels';
import { TimeField } from '../../parts/TimeField';
import {
  inMinutes,
  inUnit,
  isDead,
  unitOf,
  UNITS,
  USUAL_RULES,
  withPart,
  withRule,
  type Unit,
} from './retryRules';
import { usePartName } from './usePartName';

interface Props {
  value?: RetryRules;
  onChange?: (value: RetryRules) => void;
}

function DelayInput({ rule, onChange }: { rule: ResultRule; onChange: (minutes: number) => void }) {
  const { t } = useTranslation();
  const [unit, setUnit] = useState<Unit>(() => unitOf(rule.minutes));
  const label = t(`result.${rule.result}`);
  return (
    <Space.Compact>
      <InputNumber
        min={0}
        style={{ width: 80 }}
        aria-label={`${label} ${t('retry.after')}`}
        value={inUnit(rule.minutes, unit)}
        onChange={(value) => onChange(inMinutes(value ?? 0, unit))}
      />
      <Select
        style={{ width: 112 }}
        value={unit}
        onChange={(next: Unit) => {
          setUnit(next);
          onChange(inMinutes(inUnit(rule.minutes, unit), next));
        }}
        options={UNITS.map((each) => ({ value: each, label: t(`retry.unit.${each}`) }))}
      />
    </Space.Compact>
  );
}

function useColumns(
  change: (result: ResultRule['result'], change: Partial<ResultRule>) => void,
): TableColumnsType<ResultRule> {
  const { t } = useTranslation();
  return [
    { title: t('retry.result'), render: (_, rule) => <ResultLabel result={rule.result} /> },
    {
      title: t('retry.after'),
      width: 236,
      render: (_, rule) =>
        isDead(rule) ? (
          <span className="quiet">{t('retry.atOnce')}</span>
        ) : (
          <DelayInput rule={rule} onChange={(minutes) => change(rule.result, { minutes })} />
        ),
    },
    {
      title: t('retry.times'),
      width: 150,
      render: (_, rule) => (
        <InputNumber
          min={0}
          max={20}
          style={{ width: 110 }}
          suffix={t('retry.timesUnit')}
          aria-label={`${t(`result.${rule.result}`)} ${t('retry.times')}`}
          value={rule.times}
          onChange={(times) => change(rule.result, { times: times ?? 0 })}
        />
      ),
    },
    {
      title: t('retry.number'),
      width: 230,
      render: (_, rule) => (
        <Select
          style={{ width: 200 }}
          disabled={isDead(rule)}
          value={rule.number}
          onChange={(number: ResultRule['number']) => change(rule.result, { number })}
          options={(['same', 'next'] as const).map((each) => ({
            value: each,
            label: t(`retry.numbers.${each}`),
          }))}
        />
      ),
    },
    {
      title: <Tooltip title={t('retry.otherPartHint')}>{t('retry.otherPart')}</Tooltip>,
      width: 170,
      render: (_, rule) => (
        <Checkbox
          disabled={isDead(rule)}
          aria-label={`${t(`result.${rule.result}`)} ${t('retry.otherPart')}`}
          checked={rule.other_part}
          onChange={(event) => change(rule.result, { other_part: event.target.checked })}
        />
      ),
    },
  ];
}

function Parts({ rules, onChange }: { rules: RetryRules; onChange: (rules: RetryRules) => void }) {
  const { t } = useTranslation();
  const nameOf = usePartName();
  const parts = rules.day_parts ?? [];
  const put = (at: number, part: DayPart) => onChange(withPart(rules, at, part));
  return (
    <div className="stack" style={{ gap: 8, marginTop: 12 }}>
      <div>
        {t('retry.parts')} <span className="quiet">{t('retry.partsHint')}</span>
      </div>
      {parts.map((part, at) => (
        <div key={at} className="line">
          <Input
            style={{ width: 160 }}
            maxLength={50}
            aria-label={t('retry.partName')}
            value={nameOf(part.name)}
            onChange={(event) => put(at, { ...part, name: event.target.value })}
          />
          <TimeField
            width={110}
            label={`${nameOf(part.name)} ${t('campaignTimes.from')}`}
            value={part.from}
            onChange={(from) => put(at, { ...part, from: from ?? part.from })}
          />
          –
          <TimeField
            width={110}
            label={`${nameOf(part.name)} ${t('campaignTimes.to')}`}
            value={part.to}
            onChange={(to) => put(at, { ...part, to: to ?? part.to })}
          />
          <Button
            type="text"
            icon={<CloseOutlined />}
            aria-label={t('retry.partRemove', { name: nameOf(part.name) })}
            onClick={() => onChange(withPart(rules, at, undefined))}
          />
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={<PlusOutlined />}
          disabled={parts.length >= 8}
          onClick={() =>
            onChange({
              ...rules,
              day_parts: [...parts, { name: '', from: '18:00', to: '20:00' }],
            })
          }
        >
          {t('retry.partAdd')}
        </Button>
      </div>
    </div>
  );
}

/** The control of the field `retry`. */
export function RetryTable({ value = USUAL_RULES, onChange }: Props) {
  const columns = useColumns((result, change) => onChange?.(withRule(value, result, change)));
  return (
    <>
      <Table
        size="small"
        rowKey="result"
        columns={columns}
        dataSource={value.results ?? []}
        pagination={false}
      />
      <Parts rules={value} onChange={(rules) => onChange?.(rules)} />
    </>
  );
}
