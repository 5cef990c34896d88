// How an agent's look at a lead ended, in words.
import { useTranslation } from 'react-i18next';
import type { LeadPreviewView } from '../api/types';
import { dateTime } from '../base/format';

/** Who looked, how it ended, and of a skip why and until when the lead rests. */
export function SkipWords({ preview }: { preview: LeadPreviewView }) {
  const { t } = useTranslation();
  return (
    <span className="line">
      <span>
        {preview.agent_name ?? ''} · {t(`previewEnd.${preview.end}`)}
        {preview.reason && `: ${t(`skipReason.${preview.reason}`)}`}
      </span>
      {preview.note && <span>{preview.note}</span>}
      {preview.rests_until && (
        <span className="quiet">
          {t('retry.restsUntil', { at: dateTime(preview.rests_until) })}
        </span>
      )}
    </span>
  );
}
