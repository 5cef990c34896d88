// The disposition an agent is writing, kept across a reload of the page until
// it is saved. Lies in this tab's storage only, since it speaks of customers.
import { useState } from 'react';

/** What has been chosen and written so far. */
export interface Draft {
  dispositionId: number | null;
  note: string;
}

const NONE: Draft = { dispositionId: null, note: '' };

function key(callId: string): string {
  return `trunkline.draft.${callId}`;
}

/** Reads a draft; anything unreadable counts as none. */
export function readDraft(callId: string): Draft {
  try {
    const text = sessionStorage.getItem(key(callId));
    return text ? { ...NONE, ...(JSON.parse(text) as Partial<Draft>) } : NONE;
  } catch {
    return NONE;
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
export function useDraft(callId: string): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(() => readDraft(callId));
  return [
    draft,
    (change) => {
      const next = { ...draft, ...change };
      writeDraft(callId, next);
      setDraft(next);
    },
  ];
}
