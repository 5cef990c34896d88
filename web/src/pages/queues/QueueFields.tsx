// The fields of the queue form, in groups: what leads here and who is next, when it
// is open, how long callers wait and what then, and who takes the calls.
import { Form, Input, InputNumber, Row, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { FormField } from '../../parts/FormField';
import { TrunkFields } from '../campaigns/TrunkFields';
import { paths } from '../../paths';
import { useCalendars } from '../calendars/queries';
import { ALWAYS, STRATEGIES, type QueueForm } from './form';
import { OverflowFields } from './OverflowFields';

const Field = FormField<QueueForm>;

/** Name, numbers, order, trunk. */
export function ServiceFields() {
  const { t } = useTranslation();
  const rings = Form.useWatch<QueueForm['strategy']>('strategy') === 'ring_all';
  return (
    <Row gutter={16}>
      <Field name="name" label={t('common.name')} span={8}>
        <Input maxLength={100} />
      </Field>
      <Field
        name="numbers"
        label={t('queues.numbers')}
        hint={t('queues.numbersHint')}
        span={12}
        optional
      >
        <Select mode="tags" open={false} suffix={null} tokenSeparators={[',', '，', ' ']} />
      </Field>
      <Field name="enabled" label={t('queues.enabled')} span={4} toggle optional>
        <Switch />
      </Field>
      <Field
        name="strategy"
        label={t('queues.strategyLabel')}
        {...(rings && { hint: t('queues.ringAllHint') })}
        span={6}
      >
        <Select
          options={STRATEGIES.map((strategy) => ({
            value: strategy,
            label: t(`queues.strategy.${strategy}`),
          }))}
        />
      </Field>
      <Field name="priority" label={t('queues.priority')} hint={t('queues.priorityHint')} span={4}>
        <InputNumber min={-100} max={100} style={{ width: '100%' }} />
      </Field>
      <Field
        name="inbound_first"
        label={t('queues.inboundFirst')}
        hint={t('queues.inboundFirstHint')}
        span={6}
        toggle
        optional
      >
        <Switch />
      </Field>
      <TrunkFields callerIdLabel={t('queues.callerId')} span={4} />
    </Row>
  );
}

/** The calendar, and where who calls at other times goes. */
export function HoursFields({ own }: { own: number | undefined }) {
  const { t } = useTranslation();
  const calendars = useCalendars();
  const calendar = Form.useWatch<number | undefined>('calendar');
  const follows = calendar !== undefined && calendar !== ALWAYS;
  return (
    <Row gutter={16}>
      <Field
        name="calendar"
        label={t('queues.hoursLabel')}
        hint={<Link to={paths.calendars}>{t('queues.manageCalendars')}</Link>}
      >
        <Select
          loading={calendars.isPending}
          options={[
            { value: ALWAYS, label: t('queues.always') },
            ...(calendars.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Field>
      {follows && (
        <>
          <OverflowFields way="closed" label={t('queues.closedLabel')} own={own} />
          <Field
            name="closed_message"
            label={t('queues.closedMessage')}
            hint={t('queues.soundHint')}
            optional
          >
            <Input maxLength={200} />
          </Field>
        </>
      )}
    </Row>
  );
}

/** Greeting and length of messages, where callers are sent to leave one. */
function VoicemailFields() {
  const { t } = useTranslation();
  const overflow = Form.useWatch<string | undefined>('overflow_kind');
  const closed = Form.useWatch<string | undefined>('closed_kind');
  const calendar = Form.useWatch<number | undefined>('calendar');
  const taken = overflow === 'voicemail' || (closed === 'voicemail' && calendar !== ALWAYS);
  return (
    <>
      <Field
        name="greeting"
        label={t('queues.greeting')}
        hint={t('queues.soundHint')}
        span={12}
        optional
        hidden={!taken}
      >
        <Input maxLength={200} />
      </Field>
      <Field name="message_seconds" label={t('queues.messageSeconds')} hidden={!taken}>
        <InputNumber min={10} max={600} suffix={t('common.seconds')} style={{ width: '100%' }} />
      </Field>
    </>
  );
}

/** Times, overflow, sounds. */
export function LimitFields({ own }: { own: number | undefined }) {
  const { t } = useTranslation();
  const seconds = (min: number, max: number) => (
    <InputNumber min={min} max={max} suffix={t('common.seconds')} style={{ width: '100%' }} />
  );
  return (
    <Row gutter={16}>
      <Field name="wait_seconds_max" label={t('queues.waitMax')}>
        {seconds(5, 3600)}
      </Field>
      <OverflowFields way="overflow" label={t('queues.overflowLabel')} own={own} />
      <Field name="own_agent_seconds" label={t('queues.ownAgent')} hint={t('queues.ownAgentHint')}>
        {seconds(0, 600)}
      </Field>
      <Field name="wrap_up_seconds" label={t('queues.wrapUp')} hint={t('campaigns.wrapUpHint')}>
        {seconds(0, 3600)}
      </Field>
      <Field name="service_level_seconds" label={t('queues.serviceLevelSeconds')}>
        {seconds(1, 600)}
      </Field>
      <Field
        name="short_abandon_seconds"
        label={t('queues.shortAbandon')}
        hint={t('queues.shortAbandonHint')}
      >
        {seconds(0, 60)}
      </Field>
      <Field name="music" label={t('queues.music')} hint={t('queues.soundHint')} span={12} optional>
        <Input maxLength={200} />
      </Field>
      <Field
        name="message"
        label={t('queues.message')}
        hint={t('queues.soundHint')}
        span={12}
        optional
      >
        <Input maxLength={200} />
      </Field>
      <AnnouncementFields />
      <VoicemailFields />
    </Row>
  );
}

/** How often callers are told their place, and with which sounds. */
function AnnouncementFields() {
  const { t } = useTranslation();
  const every = Form.useWatch<QueueForm['announce_every_seconds']>('announce_every_seconds');
  return (
    <>
      <Field
        name="announce_every_seconds"
        label={t('queues.announceEvery')}
        hint={t('queues.announceEveryHint')}
        span={12}
      >
        <InputNumber min={0} max={300} suffix={t('common.seconds')} style={{ width: '100%' }} />
      </Field>
      <Field
        name="position_sounds"
        label={t('queues.positionSounds')}
        hint={t('queues.positionSoundsHint')}
        span={12}
        optional={!every}
      >
        <Input maxLength={200} />
      </Field>
    </>
  );
}
