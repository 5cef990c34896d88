// From the fields of a form to what the server takes: only the scope's own target,
// and nothing for what was left empty.
import type { BarScope, BarSource, DoNotCallRequest } from '../../api/types';

/** What entries have in common, however they come. */
export interface TermsFields {
  scope: BarScope;
  department_id?: number | undefined;
  campaign_id?: number | undefined;
  reason?: string | undefined;
  note?: string | undefined;
  /** `2026-12-31`. */
  expires_on?: string | undefined;
}

/** A number entered by hand. */
export interface NumberFields extends TermsFields {
  number: string;
  source: BarSource;
}

function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed ? trimmed : undefined;
}

/** The terms without what does not belong to the scope. */
export function terms(fields: TermsFields): TermsFields {
  const { scope } = fields;
  return {
    scope,
    ...(scope === 'department' && { department_id: fields.department_id }),
    ...(scope === 'campaign' && { campaign_id: fields.campaign_id }),
    ...(filled(fields.reason) && { reason: filled(fields.reason) }),
    ...(filled(fields.note) && { note: filled(fields.note) }),
    ...(filled(fields.expires_on) && { expires_on: filled(fields.expires_on) }),
  };
}

/** The request for a number entered by hand. */
export function numberRequest(fields: NumberFields): DoNotCallRequest {
  const { reason = '', ...rest } = terms(fields);
  return { ...rest, number: fields.number.trim(), source: fields.source, reason };
}

/** The form that carries a file with its terms. */
export function importForm(file: File, fields: TermsFields): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(terms(fields))) {
    if (value !== undefined) form.append(name, String(value));
  }
  form.append('file', file, file.name);
  return form;
}
