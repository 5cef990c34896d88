// The disposition an agent is writing, kept across a reload of the page until
// it is saved. Lies in this tab's storage only, since it speaks of customers.
import { useState } from 'react';

/** What has been chosen and written so far. */
export interface Draft {
  dispositionId: number | null;
  note: string;
}

function key(callId: string): string {
  return `trunkline.draft.${callId}`;
}

/** Reads a draft; without one (or with an unreadable one) what is saved counts. */
export function readDraft(callId: string, saved: Draft): Draft {
  try {
    const text = sessionStorage.getItem(key(callId));
    return text ? { ...saved, ...(JSON.parse(text) as Partial<Draft>) } : saved;
  } catch {
    return saved;
  }
}

function writeDraft(callId: string, draft: Draft): void {
  try {
    sessionStorage.setItem(key(callId), JSON.stringify(draft));
  } catch {
    // Storage is full or switched off: the draft lives as long as the page.
  }
}

/** Forgets a draft, once it is saved. */
export function dropDraft(callId: string): void {
  try {
    sessionStorage.removeItem(key(callId));
  } catch {
    // Nothing was stored, then.
  }
}

/** The draft of a call and how to change it. */
export function useDraft(callId: string, saved: Draft): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(() => readDraft(callId, saved));
  return [
    draft,
    (change) => {
      const next = { ...draft, ...change };
      writeDraft(callId, next);
      setDraft(next);
    },
  ];
}
