// A week of times with the way to the weeks beside it; what the server says of times
// that are not right stands in its place.
import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Alert, Button, Spin } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../../api/problem';
import type { CampaignTimes } from '../../../api/types';
import { useProblemText } from '../../../parts/Problem';
import { OpensNext } from './OpensNext';
import { useCampaignWeek } from './queries';
import { daysLater, weekEnds } from './times';
import { WeekChart } from './WeekChart';

/** Without times there is only the hint to fill them in. */
export function WeekView({ times }: { times: CampaignTimes | undefined }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [date, setDate] = useState<string>();
  const week = useCampaignWeek(times, date);
  if (!times) return <span className="quiet">{t('campaignTimes.incomplete')}</span>;
  if (week.error) {
    const text = asProblem(week.error).fields[0]?.message ?? problemText(week.error);
    return <Alert type="warning" showIcon title={text} />;
  }
  if (!week.data) return <Spin size="small" />;
  const { days, zone } = week.data;
  const ends = weekEnds(days);
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="line" style={{ flexWrap: 'wrap' }}>
        <Button
          size="small"
          icon={<LeftOutlined />}
          aria-label={t('campaignTimes.earlier')}
          onClick={() => setDate(daysLater(ends.from, -7))}
        />
        <span className="figure">{t('campaignTimes.weekOf', ends)}</span>
        <Button
          size="small"
          icon={<RightOutlined />}
          aria-label={t('campaignTimes.later')}
          onClick={() => setDate(daysLater(ends.from, 7))}
        />
        {date && (
          <Button size="small" type="link" onClick={() => setDate(undefined)}>
            {t('campaignTimes.thisWeek')}
          </Button>
        )}
        <span className="quiet">{t('campaignTimes.zone', { zone })}</span>
        <OpensNext campaign={week.data} />
      </div>
      <WeekChart week={week.data} />
    </div>
  );
}
