// The admin API as functions. The session is in a cookie; writes carry the CSRF token that belongs to it.
import { computed, signal } from '@preact/signals';
import type { Session } from './types.ts';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly advice?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** Whatever kept a request from being answered, in words for people. */
export class ApiFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** Undefined until it was asked for, null when nobody is logged in. */
export const session = signal<Session | null | undefined>(undefined);
export const isAdmin = computed(() => session.value?.account.role === 'admin');

/** Whatever prefix a proxy has put before it, the dashboard is one step below the root of the server. */
export const rootUrl = new URL('..', document.baseURI).href;

const UNREACHABLE: Problem = {
  type: 'unreachable',
  title: 'The server cannot be reached',
  status: 0,
  advice: 'See whether it is running and whether this machine is online; the page tries again by itself.',
};

export interface Asked {
  readonly body?: unknown;
  /** The version that a change was made from; any when it is left out. */
  readonly version?: number | undefined;
  readonly abort?: AbortSignal;
}

/** Throws an ApiFailure. @param path below /api/v1, with its query. */
export async function ask<Answer>(method: string, path: string, { body, version, abort }: Asked = {}): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['x-csrf-token'] = session.value?.csrf ?? '';
  if (method === 'PATCH') headers['if-match'] = version === undefined ? '*' : `"v${version}"`;
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const aborting = abort === undefined ? {} : { signal: abort };
  let response: Response;
  try {
    response = await fetch(`${rootUrl}api/v1${path}`, { method, headers, ...content, ...aborting });
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new ApiFailure(UNREACHABLE);
  }
  const text = await response.text();
  if (!response.ok) throw failureOf(response, text);
  // The server checks its answers against the schemas of the same table that this was written from.
  return (text === '' ? null : JSON.parse(text)) as Answer;
}

function failureOf({ status }: Response, text: string): ApiFailure {
  const problem = problemOf(status, text);
  if (status === 401 && session.value) session.value = null;
  return new ApiFailure(problem);
}

function problemOf(status: number, text: string): Problem {
  try {
    const parsed: Partial<Problem> = JSON.parse(text);
    if (typeof parsed.title === 'string') return { type: 'unknown', status, ...parsed, title: parsed.title };
  } catch {
    // Not ours, such as the page of a proxy.
  }
  const advice = 'Something between here and the server may have answered in its place.';
  return { type: 'unknown', title: `The answer was ${status}`, status, advice };
}

/** Asks who is logged in, once at the start. */
export async function readSession(): Promise<void> {
  try {
    session.value = await ask<Session>('GET', '/session');
  } catch (error) {
    session.value = null;
    if (!(error instanceof ApiFailure) || error.problem.status !== 401) throw error;
  }
}

export async function logIn(email: string, password: string): Promise<void> {
  session.value = await ask<Session>('POST', '/session', { body: { email, password } });
}

export async function logOut(): Promise<void> {
  await ask('DELETE', '/session').catch(() => undefined);
  session.value = null;
}

export function problemOfError(error: unknown): Problem {
  if (error instanceof ApiFailure) return error.problem;
  return { type: 'bug', title: 'The page has failed', status: 0, detail: String(error), advice: 'Reload the page.' };
}

/** The path of an app and what is below it, whatever characters there are. */
export function appPath(app: string, ...parts: readonly string[]): string {
  return ['/apps', app, ...parts].map((part, at) => (at === 0 ? part : encodeURIComponent(part))).join('/');
}
