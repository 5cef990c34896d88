// All calendars: their week, the holidays to come, whether they are open now, and
// which queues and campaigns follow them.
import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Table, Tag, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useMay } from '../../api/access';
import type { CalendarView, HolidayForm } from '../../api/types';
import { dateTime, DASH } from '../../base/format';
import { now } from '../../base/clock';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert, useReportProblem } from '../../parts/Problem';
import { ReasonButton } from '../../parts/ReasonButton';
import { paths } from '../../paths';
import { OpenMark } from '../queues/OpenMark';
import { useCalendars, useDeleteCalendar } from './queries';
import { periodsText, runsOf, WEEK_DAYS } from './week';

/** Holidays shown in the list. */
const SHOWN = 3;

function Week({ calendar }: { calendar: CalendarView }) {
  const { t } = useTranslation();
  const runs = runsOf(calendar.week);
  if (runs.length === 0) return <span className="quiet">{t('calendars.onlyHolidays')}</span>;
  return (
    <>
      {runs.map(({ first, last, periods }) => {
        const [from, to] = [t(`campaigns.day.${first}`), t(`campaigns.day.${last}`)];
        return (
          <div key={first} className="line">
            <span style={{ minWidth: 72 }}>
              {first === last ? from : t('calendars.days2', { from, to })}
            </span>
            <span className="figure">{periodsText(periods)}</span>
          </div>
        );
      })}
    </>
  );
}

function Holiday({ holiday }: { holiday: HolidayForm }) {
  const like = useLikeText();
  const { name, from, to, follows, periods = [] } = holiday;
  return (
    <div className="line">
      <span className="figure nowrap">{from === to ? from : `${from} – ${to}`}</span>
      {name}
      <Tag color={periods.length > 0 || follows ? 'green' : 'default'}>{like(holiday)}</Tag>
    </div>
  );
}

/** The next ones; what is over is not shown. */
function Holidays({ holidays }: { holidays: HolidayForm[] }) {
  const { t } = useTranslation();
  const today = dateTime(new Date(now()).toISOString()).slice(0, 10);
  const coming = holidays.filter((holiday) => holiday.to >= today);
  if (coming.length === 0) return <span className="quiet">{t('calendars.noneToCome')}</span>;
  return (
    <>
      {coming.slice(0, SHOWN).map((holiday) => (
        <Holiday key={holiday.from} holiday={holiday} />
      ))}
      {coming.length > SHOWN && (
        <span className="quiet">{t('calendars.more', { count: coming.length - SHOWN })}</span>
      )}
    </>
  );
}

/** The queues and campaigns that follow a calendar. */
function followersOf({ queues, campaigns }: CalendarView): string {
  return [...queues, ...campaigns].map((each) => each.name).join(', ');
}

/** What a day that differs is like. */
function useLikeText() {
  const { t } = useTranslation();
  return ({ follows, periods = [] }: HolidayForm) => {
    const followed = WEEK_DAYS.find(({ field }) => field === follows);
    if (followed) return t('calendars.like', { day: t(`campaigns.day.${followed.day}`) });
    return periods.length > 0 ? periodsText(periods) : t('calendars.closed');
  };
}

function DeleteButton({ calendar }: { calendar: CalendarView }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const report = useReportProblem();
  const remove = useDeleteCalendar();
  const followers = followersOf(calendar);

  async function ask() {
    const sure = await modal.confirm({
      title: t('calendars.deleteSure', { name: calendar.name }),
      okText: t('calendars.delete'),
      okButtonProps: { danger: true },
    });
    if (sure) remove.mutate(calendar.id, { onError: report });
  }
  return (
    <ReasonButton
      type="link"
      size="small"
      danger
      loading={remove.isPending}
      reason={followers ? t('calendars.inUse', { followers }) : undefined}
      onClick={() => void ask()}
    >
      {t('calendars.delete')}
    </ReasonButton>
  );
}

function useColumns(): TableColumnsType<CalendarView> {
  const { t } = useTranslation();
  const mayWrite = useMay('queue:write');
  const columns: TableColumnsType<CalendarView> = [
    { title: t('common.name'), width: 130, render: (_, row) => <strong>{row.name}</strong> },
    {
      title: t('common.status'),
      width: 150,
      render: (_, row) => <OpenMark opening={row} />,
    },
    { title: t('calendars.week'), render: (_, row) => <Week calendar={row} /> },
    {
      title: t('calendars.coming'),
      width: 330,
      render: (_, row) => <Holidays holidays={row.holidays} />,
    },
    {
      title: t('calendars.followers'),
      width: 150,
      render: (_, row) => followersOf(row) || DASH,
    },
  ];
  if (mayWrite) {
    columns.push({
      title: t('common.actions'),
      width: 130,
      render: (_, row) => (
        <span className="line">
          <Link to={paths.editCalendar(row.id)}>{t('common.edit')}</Link>
          <DeleteButton calendar={row} />
        </span>
      ),
    });
  }
  return columns;
}

/** The list of calendars. */
export default function CalendarsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay('queue:write');
  const calendars = useCalendars();
  const columns = useColumns();
  return (
    <>
      <PageHead title={t('calendars.title')}>
        <Button onClick={() => void navigate(paths.queues)}>{t('menu.queues')}</Button>
        <Button onClick={() => void navigate(paths.campaigns)}>{t('menu.campaigns')}</Button>
        {mayWrite && (
          <Button
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => void navigate(paths.newCalendar)}
          >
            {t('calendars.create')}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {calendars.error && (
          <ProblemAlert error={calendars.error} onRetry={() => calendars.refetch()} />
        )}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={calendars.data?.items ?? []}
          loading={calendars.isPending}
          pagination={false}
          locale={{ emptyText: t('calendars.empty') }}
        />
      </div>
    </>
  );
}
