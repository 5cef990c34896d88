// Creating and changing a schedule. While the expression is typed, the server
// says when it is due next, so nobody saves what they did not mean.
import { Alert, Form, Input, Modal, Select, Spin, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../api/problem';
import type { ReportScheduleRequest, ReportScheduleView } from '../../api/types';
import { dateTime } from '../../base/format';
import { showFieldProblems } from '../../parts/form';
import { ProblemAlert, useProblemText } from '../../parts/Problem';
import { usePreview, useSaveSchedule } from './schedules';

/** Ready-made expressions; anything else is typed. */
const USUAL = {
  daily: '0 8 * * *',
  workdays: '0 8 * * 1-5',
  weekly: '0 8 * * 1',
  monthly: '0 8 1 * *',
} as const;
const RECIPIENTS_MAX = 20;

function weekday(instant: string, language: string, zone: string): string {
  return new Date(instant).toLocaleDateString(language, { weekday: 'short', timeZone: zone });
}

/** When the expression is due, or what is wrong with it. */
function NextDue({ cron }: { cron: string }) {
  const { t, i18n } = useTranslation();
  const problemText = useProblemText();
  const preview = usePreview(cron);
  if (cron.trim() === '') return null;
  if (preview.error) {
    const text = asProblem(preview.error).fields[0]?.message ?? problemText(preview.error);
    return <Alert type="error" showIcon title={text} />;
  }
  if (!preview.data) return <Spin size="small" />;
  const { next, zone } = preview.data;
  return (
    <Alert
      type="info"
      showIcon
      title={t('reports.mail.nextThree', { zone })}
      description={
        <ul className="figure" style={{ margin: 0, paddingInlineStart: 18 }}>
          {next.map((instant) => (
            <li key={instant}>
              {weekday(instant, i18n.language, zone)} {dateTime(instant, zone)}
            </li>
          ))}
        </ul>
      }
    />
  );
}

/** The dialog; without a schedule it makes a new one. */
export function ScheduleDialog({
  schedule,
  onClose,
}: {
  schedule?: ReportScheduleView;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const [form] = Form.useForm<ReportScheduleRequest>();
  const save = useSaveSchedule(schedule?.id);
  const initial: Partial<ReportScheduleRequest> = schedule
    ? {
        name: schedule.name,
        cron: schedule.cron,
        recipients: schedule.recipients,
        language: schedule.language,
        active: schedule.active,
      }
    : {
        cron: USUAL.daily,
        recipients: [],
        language: i18n.language === 'en' ? 'en' : 'zh',
        active: true,
      };
  const cron = Form.useWatch('cron', form) ?? initial.cron ?? '';
  const usual = Object.entries(USUAL).find(([, expression]) => expression === cron.trim());

  function submit(fields: ReportScheduleRequest) {
    save.mutate(fields, {
      onSuccess: onClose,
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <Modal
      open
      width={640}
      title={schedule ? t('reports.mail.edit') : t('reports.mail.create')}
      okText={t('common.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" initialValues={initial} onFinish={submit}>
        <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
          <Input maxLength={60} />
        </Form.Item>
        <div className="form-grid">
          <Form.Item label={t('reports.mail.often')}>
            <Select
              aria-label={t('reports.mail.often')}
              value={usual?.[0] ?? 'own'}
              onChange={(key: string) => {
                const chosen = Object.entries(USUAL).find(([each]) => each === key);
                if (chosen) form.setFieldValue('cron', chosen[1]);
              }}
              options={[
                ...Object.keys(USUAL).map((key) => ({
                  value: key,
                  label: t(`reports.mail.usual.${key as keyof typeof USUAL}`),
                })),
                { value: 'own', label: t('reports.mail.own'), disabled: true },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="cron"
            label={t('reports.mail.cron')}
            extra={t('reports.mail.cronHint')}
            rules={[{ required: true }]}
          >
            <Input maxLength={100} spellCheck={false} autoComplete="off" />
          </Form.Item>
        </div>
        <Form.Item>
          <NextDue cron={cron} />
        </Form.Item>
        <Form.Item
          name="recipients"
          label={t('reports.mail.recipients')}
          extra={t('reports.mail.recipientsHint')}
          rules={[{ required: true }]}
        >
          <Select
            mode="tags"
            open={false}
            suffix={null}
            maxCount={RECIPIENTS_MAX}
            tokenSeparators={[',', ';', ' ', '，', '；']}
          />
        </Form.Item>
        <div className="form-grid">
          <Form.Item name="language" label={t('reports.mail.language')}>
            <Select
              options={[
                { value: 'zh', label: t('reports.mail.chinese') },
                { value: 'en', label: 'English' },
              ]}
            />
          </Form.Item>
          <Form.Item name="active" label={t('reports.mail.active')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
        <p className="quiet">
          {schedule
            ? t('reports.mail.scopeOf', { name: schedule.owner_name })
            : t('reports.mail.ownScope')}
        </p>
        {save.error && <ProblemAlert error={save.error} />}
      </Form>
    </Modal>
  );
}
