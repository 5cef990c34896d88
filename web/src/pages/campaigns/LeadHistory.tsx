// What became of a lead until now: its attempts, when it was put back, what was held
// back of it, the latest first.
import { Drawer, Tag, Timeline } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeadHistoryView, LeadView } from '../../api/types';
import { dateTime, phone } from '../../base/format';
import { BarTags } from '../../parts/BarTags';
import { ResultLabel } from '../../parts/labels';
import { SkipWords } from '../../parts/SkipWords';
import { QueryGate } from '../../parts/QueryGate';
import { useLeadHistory } from './queries';

interface Happening {
  key: string;
  at: string;
  colour: string;
  content: ReactNode;
}

function useHappenings(): (history: LeadHistoryView) => Happening[] {
  const { t } = useTranslation();
  return ({ lead, attempts, recycles, previews }) => {
    const all: Happening[] = [
      ...attempts.map((each) => ({
        key: each.call_id,
        at: each.at,
        colour: each.counts ? 'blue' : 'gray',
        content: (
          <span className="line">
            {t('retry.attempt', { number: phone(each.number) })}
            <ResultLabel result={each.result ?? undefined} />
            {!each.counts && <span className="quiet">{t('retry.uncounted')}</span>}
          </span>
        ),
      })),
      ...recycles.map((each) => ({
        key: `recycle ${each.at}`,
        at: each.at,
        colour: 'green',
        content: (
          <span>
            {t('retry.putBack', { name: each.by_name ?? '' })}
            <span className="quiet">
              {' '}
              {t(each.reset ? 'retry.putBackReset' : 'retry.putBackKept', { count: each.attempts })}
            </span>
          </span>
        ),
      })),
      // Of one that was dialled the attempt tells.
      ...previews
        .filter((each) => each.call_id == null)
        .map((each) => ({
          key: `preview ${each.offered_at}`,
          at: each.ended_at,
          colour: 'purple',
          content: <SkipWords preview={each} />,
        })),
      ...lead.blocks.map((each) => ({
        key: `block ${each.id}`,
        at: each.last_at,
        colour: 'orange',
        content: (
          <span className="line">
            {t('retry.heldBack', {
              number: each.e164,
              rule: each.rule === 'do_not_call' ? '' : t(`retry.rule.${each.rule}`),
            })}
            {each.bar && <BarTags bars={[each.bar]} />}
            {each.times > 1 && (
              <span className="quiet">{t('doNotCall.blockedTimes', { count: each.times })}</span>
            )}
            {each.lifted_at ? (
              <Tag>{t('doNotCall.lifted')}</Tag>
            ) : (
              each.until_at && (
                <span className="quiet">{t('retry.until', { at: dateTime(each.until_at) })}</span>
              )
            )}
          </span>
        ),
      })),
    ];
    return all.sort((a, b) => b.at.localeCompare(a.at));
  };
}

/** The drawer. */
export function LeadHistory({
  campaignId,
  lead,
  onClose,
}: {
  campaignId: number;
  lead: LeadView;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const history = useLeadHistory(campaignId, lead.id);
  const happenings = useHappenings();
  return (
    <Drawer
      open
      size={560}
      title={t('retry.historyTitle', { name: lead.customer.name })}
      onClose={onClose}
    >
      <QueryGate query={history}>
        {(found) => {
          const items = happenings(found).map(({ key, at, colour, content }) => ({
            key,
            color: colour,
            content: (
              <>
                <div className="quiet figure">{dateTime(at)}</div>
                {content}
              </>
            ),
          }));
          return items.length > 0 ? (
            <Timeline items={items} />
          ) : (
            <span className="quiet">{t('retry.historyEmpty')}</span>
          );
        }}
      </QueryGate>
    </Drawer>
  );
}
