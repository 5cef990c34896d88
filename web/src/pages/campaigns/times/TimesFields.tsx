// The calling times of a campaign's form, with the week that comes of them drawn while
// they are chosen.
import { Col, Form, Row, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CampaignTimes } from '../../../api/types';
import { useCalendars } from '../../calendars/queries';
import { CalledField } from './CalledField';
import { CronField } from './CronField';
import { InstantField } from './InstantField';
import { useSettled } from './queries';
import { isComplete } from './times';
import { WeekView } from './WeekView';
import { WindowsField } from './WindowsField';

/** The week as the fields stand. */
function Preview() {
  const { t } = useTranslation();
  // What has no field of its own in the form is kept, too.
  const times = Form.useWatch<CampaignTimes | undefined>('times');
  const settled = useSettled(times);
  return (
    <Form.Item label={t('campaignTimes.week')} style={{ marginBottom: 0 }}>
      <WeekView times={isComplete(settled) ? settled : undefined} />
    </Form.Item>
  );
}

/** All of it. */
export function TimesFields() {
  const { t } = useTranslation();
  const calendars = useCalendars();
  return (
    <>
      <Row gutter={16}>
        <Col span={8}>
          <Form.Item name={['times', 'starts_at']} label={t('campaignTimes.startsAt')}>
            <InstantField placeholder={t('campaignTimes.optional')} />
          </Form.Item>
        </Col>
        <Col span={8}>
          <Form.Item name={['times', 'ends_at']} label={t('campaignTimes.endsAt')}>
            <InstantField placeholder={t('campaignTimes.optional')} />
          </Form.Item>
        </Col>
        <Col span={8}>
          <Form.Item
            name={['times', 'calendar_id']}
            label={t('campaignTimes.calendar')}
            extra={t('campaignTimes.calendarHint')}
          >
            <Select
              loading={calendars.isPending}
              options={[
                { value: null, label: t('campaignTimes.noCalendar') },
                ...(calendars.data?.items ?? []).map(({ id, name }) => ({
                  value: id,
                  label: name,
                })),
              ]}
            />
          </Form.Item>
        </Col>
      </Row>
      <Form.Item label={t('campaignTimes.windows')} extra={t('campaignTimes.windowsHint')}>
        <WindowsField />
      </Form.Item>
      <Row gutter={16}>
        <Col span={12}>
          <Form.Item label={t('campaignTimes.cron')} extra={t('campaignTimes.cronHint')}>
            <CronField />
          </Form.Item>
        </Col>
        <Col span={12}>
          <Form.Item label={t('campaignTimes.called')} extra={t('campaignTimes.calledHint')}>
            <CalledField />
          </Form.Item>
        </Col>
      </Row>
      <Preview />
    </>
  );
}
