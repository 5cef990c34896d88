// The one way to the server: a client typed by the OpenAPI document. It adds
// the access token, renews it once on 401 and turns failures into ProblemError.
import createClient from 'openapi-fetch';
import { noteServerDate } from '../base/clock';
import { randomKey } from '../base/random';
import { asProblem, problemFrom, ProblemError } from './problem';
import type { paths } from './schema';
import { currentToken, refresh } from './session';

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

async function send(request: Request): Promise<Response> {
  const token = currentToken();
  if (token) request.headers.set('authorization', `Bearer ${token}`);
  try {
    const response = await fetch(request);
    noteServerDate(response);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ProblemError(0, {});
  }
}

/** Sends a request with the token; on 401 renews the token and tries once more. */
async function sendSignedIn(request: Request): Promise<Response> {
  // The same key on the second try: the server carries a write out only once.
  if (WRITES.includes(request.method)) request.headers.set('idempotency-key', randomKey());
  const again = request.clone();
  const response = await send(request);
  if (response.status !== 401 || !(await refresh())) return response;
  return send(again);
}

/** The typed client. */
export const api = createClient<paths>({ fetch: sendSignedIn });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer; throws a ProblemError otherwise. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call.catch((thrown: unknown) => {
    throw asProblem(thrown);
  });
  if (!response.ok) throw problemFrom(response.status, error);
  return data as NonNullable<T>;
}

/** Fetches a file (a recording, a workbook) with the token. */
export async function fetchFile(path: string): Promise<Blob> {
  const response = await sendSignedIn(new Request(path));
  if (!response.ok) {
    throw problemFrom(response.status, await response.json().catch(() => null));
  }
  return response.blob();
}

/** Hands a file to the browser's downloads. */
export function saveAs(file: Blob, fileName: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser reads the address after this turn; free it later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Fetches a file and hands it to the browser's downloads. */
export async function download(path: string, fileName: string): Promise<void> {
  saveAs(await fetchFile(path), fileName);
}
