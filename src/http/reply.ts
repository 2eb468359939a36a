// What a handler answers, as plain data; door.ts makes the response of it.
import type { HttpFault, Refusal } from '../protocol/faults.ts';

export interface Reply {
  readonly status: number;
  readonly type: 'json' | 'text';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer of a request that tells nothing. */
export const EMPTY: Reply = { status: 200, type: 'json', body: '{}' };

/** Success is always 200 with an object: PHP and Java accept nothing else (H-4). */
export function json(value: object): Reply {
  return { status: 200, type: 'json', body: JSON.stringify(value) };
}

/** One line of plain text (H-4). */
export function refused({ fault, text }: Refusal<HttpFault>, headers?: Reply['headers']): Reply {
  const reply = { status: fault.status, type: 'text', body: `${text}\n` } as const;
  return headers === undefined ? reply : { ...reply, headers };
}

/** A refusal that holds only for so long. */
export function refusedFor(waitMs: number, refusal: Refusal<HttpFault>): Reply {
  return refused(refusal, { 'retry-after': String(Math.ceil(waitMs / 1000)) });
}

export function plain(status: number, text: string): Reply {
  return { status, type: 'text', body: `${text}\n` };
}
