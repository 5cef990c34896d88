// Expressions of a crontab that add calling time, or take it out.
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CronForm } from '../../../api/types';

const FIRST: CronForm = { expression: '0 9 * * 6', minutes: 180, effect: 'add' };
const EFFECTS = ['add', 'exclude'] as const;

/** A line an expression; none is the rule. */
export function CronField() {
  const { t } = useTranslation();
  return (
    <Form.List name={['times', 'cron']}>
      {(fields, { add, remove }, { errors }) => (
        <div className="stack" style={{ gap: 4 }}>
          {fields.map(({ key, name }) => (
            <div key={key} className="line" style={{ alignItems: 'flex-start' }}>
              <Form.Item name={[name, 'effect']} style={{ marginBottom: 4 }}>
                <Select
                  aria-label={t('campaignTimes.effect')}
                  style={{ width: 120 }}
                  options={EFFECTS.map((value) => ({
                    value,
                    label: t(`campaignTimes.effects.${value}`),
                  }))}
                />
              </Form.Item>
              <Form.Item name={[name, 'expression']} style={{ marginBottom: 4 }}>
                <Input
                  className="figure"
                  aria-label={t('campaignTimes.expression')}
                  style={{ width: 180 }}
                />
              </Form.Item>
              <Form.Item name={[name, 'minutes']} style={{ marginBottom: 4 }}>
                <InputNumber
                  min={1}
                  max={1440}
                  prefix={t('campaignTimes.minutes')}
                  suffix={t('common.minutes')}
                  aria-label={t('campaignTimes.minutes')}
                  style={{ width: 160 }}
                />
              </Form.Item>
              <Button
                type="text"
                icon={<CloseOutlined />}
                aria-label={`${t('campaignTimes.removeCron')} ${name + 1}`}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <div>
            <Button size="small" icon={<PlusOutlined />} onClick={() => add(FIRST)}>
              {t('campaignTimes.addCron')}
            </Button>
          </div>
        </div>
      )}
    </Form.List>
  );
}
