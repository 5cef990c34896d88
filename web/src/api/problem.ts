// Failures of requests, as one error type: what the server said (RFC 9457
// problem details), or that it could not be reached.
import type { Problem } from './types';

/** A request that did not succeed. */
export class ProblemError extends Error {
  /** HTTP status; 0 when no answer came at all. */
  readonly status: number;
  /** The server's stable code; `unreachable` when no answer came. */
  readonly code: string;
  /** To be given to whoever looks into the log. */
  readonly requestId: string | undefined;
  /** Messages for single fields of a form. */
  readonly fields: { field: string; message: string }[];

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'unreachable' : 'unknown');
    this.requestId = problem.request_id ?? undefined;
    this.fields = problem.fields ?? [];
  }
}

/** Reads the problem out of an answer's body, whatever came. */
export function problemFrom(status: number, body: unknown): ProblemError {
  if (typeof body === 'object' && body !== null) {
    return new ProblemError(status, body);
  }
  return new ProblemError(status, {});
}

/** Any caught thing as a ProblemError. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(0, { detail: error instanceof Error ? error.message : String(error) });
}
