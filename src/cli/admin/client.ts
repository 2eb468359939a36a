// What the commands that administrate ask for, of a running server or of the database beside them.
import { Failure } from '../failure.ts';

export interface Answer {
  readonly body: unknown;
  readonly etag: string | null;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Ask {
  readonly body?: object;
  readonly etag?: string | null;
}

export interface AdminClient {
  /** Whether a server does it, which can also post webhooks. */
  readonly isRemote: boolean;
  /** @param path below /api/v1, with its query. Throws a Failure for every refusal. */
  ask(method: Method, path: string, ask?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

/** A path with its parameters put in. */
export function path(strings: TemplateStringsArray, ...parts: readonly string[]): string {
  return strings.map((text, at) => text + encodeURIComponent(parts[at] ?? '')).join('');
}

/** The headers and the body of a request. */
export function contentOf({ body, etag }: Ask, token: string): { readonly headers: Headers; readonly body?: string } {
  const headers = new Headers({ accept: 'application/json', authorization: `Bearer ${token}` });
  if (etag !== undefined && etag !== null) headers.set('if-match', etag);
  if (body === undefined) return { headers };
  headers.set('content-type', 'application/json');
  return { headers, body: JSON.stringify(body) };
}

export function answerOf(status: number, headers: Headers, text: string): Answer {
  const body = parsed(text);
  if (status < 300) return { body, etag: headers.get('etag') };
  throw refusal(status, body, text);
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [401, 'Is the token right, and not expired? See "vask accounts create-token --help".'],
  [404, 'Is the id right, and may this account see it?'],
  [412, 'Somebody has changed it at the same moment; try again.'],
]);

export class Refusal extends Failure {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message, ADVICE.get(status) ?? null);
    this.status = status;
  }
}

/** Says what the problem document says (RFC 9457). */
function refusal(status: number, body: unknown, text: string): Refusal {
  const { title, detail, errors } = membersOf(body);
  if (typeof title !== 'string') return new Refusal(status, `${status} ${text.trim().slice(0, 500)}`);
  const lines = (Array.isArray(errors) ? errors : []).map((error: unknown) => {
    const { pointer, detail: fault } = membersOf(error);
    return `  ${typeof pointer === 'string' ? pointer : ''} ${typeof fault === 'string' ? fault : ''}`;
  });
  const sentence = typeof detail === 'string' ? `${title}: ${detail}` : `${title}.`;
  return new Refusal(status, [`${status} ${sentence}`, ...lines].join('\n'));
}

/** The members of what a server has sent; none when it is no object. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** All items of a list, page by page. */
export async function allItems(
  client: AdminClient,
  listPath: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const items: Readonly<Record<string, unknown>>[] = [];
  let cursor: unknown = null;
  do {
    const joint = listPath.includes('?') ? '&' : '?';
    const page = typeof cursor === 'string' ? `${listPath}${joint}cursor=${encodeURIComponent(cursor)}` : listPath;
    const { items: more, next } = membersOf((await client.ask('GET', page)).body);
    if (Array.isArray(more)) items.push(...more.map(membersOf));
    cursor = next;
  } while (typeof cursor === 'string');
  return items;
}
