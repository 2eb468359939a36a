// What the server may say: frames and responses of the catalogue, and nothing of the neighbour.
import { problems } from '../../src/admin/problems.ts';
import { closeFaults, frameFaults, httpFaults } from '../../src/protocol/faults.ts';
import { SECRET } from '../support/credentials.ts';
import { MARKER } from './stage.ts';

interface Known {
  readonly code: number | null;
  readonly text: RegExp;
}

/** The text of a fault, with anything in its gaps. */
function patternOf(text: string): RegExp {
  const parts = text.split(/\{\w+\}/).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('[^]*')}$`);
}

const ERRORS: readonly Known[] = [...Object.values(closeFaults), ...Object.values(frameFaults)].map(
  ({ code, text }): Known => ({ code, text: patternOf(text) }),
);
const HTTP_FAULTS: readonly Known[] = Object.values(httpFaults).map(({ status, text }) => ({
  code: status,
  text: patternOf(text),
}));

/** Close codes that the engine itself gives for frames that break RFC 6455. */
const ENGINE_CODES = [1000, 1002, 1007, 1009];
const CLOSE_CODES: ReadonlySet<number> = new Set([
  ...ENGINE_CODES,
  ...Object.values(closeFaults).map(({ code }) => code),
]);

const OWN_EVENTS =
  /^(pusher:(connection_established|pong|error|signin_success|subscription_error|cache_miss)|pusher_internal:(subscription_succeeded|member_added|member_removed|subscription_count|watchlist_events))$/;

export function checkNothingForeign(text: string): void {
  if (text.includes(MARKER)) throw new Error(`It tells of the neighbour: ${text}`);
  if (text.includes(SECRET)) throw new Error(`It tells the secret: ${text}`);
}

/** @param text of a frame of the server. */
export function checkFrame(text: string): void {
  checkNothingForeign(text);
  const frame = JSON.parse(text) as { readonly event: unknown; readonly data: unknown };
  const { event, data } = frame;
  if (typeof event !== 'string' || data === undefined) throw new Error(`Not a frame: ${text}`);
  if (event.startsWith('pusher') && !OWN_EVENTS.test(event) && !/^pusher(?!:|_internal:)/.test(event)) {
    throw new Error(`An event of the protocol that there is not: ${text}`);
  }
  if (event !== 'pusher:error') return;
  const { code, message } = data as { code: number | null; message: string };
  if (!ERRORS.some((known) => known.code === code && known.text.test(message))) {
    throw new Error(`An error that is not in the catalogue: ${text}`);
  }
}

/** @param mayEcho the client has closed, and its code comes back. */
export function checkClose(payload: Buffer, mayEcho: boolean): void {
  if (payload.length === 0) return;
  const code = payload.readUInt16BE(0);
  checkNothingForeign(payload.subarray(2).toString());
  const isEcho = mayEcho && ((code >= 1000 && code <= 1014) || (code >= 3000 && code < 5000));
  if (!CLOSE_CODES.has(code) && !isEcho) throw new Error(`Closed with ${code}: ${payload.subarray(2).toString()}`);
}

/** Before a door hears of it, the engine refuses a request whose head is too long. */
function isHeadTooLong(status: number, body: string): boolean {
  return status === 431 && body === '';
}

/** @param body of an answer of the API of backends. */
export function checkApiAnswer(status: number, body: string): void {
  checkNothingForeign(body);
  if (status === 200) {
    const answered: unknown = JSON.parse(body);
    if (typeof answered !== 'object' || answered === null) throw new Error(`Answered 200 with ${body}`);
    return;
  }
  if ((status === 202 && body === '') || isHeadTooLong(status, body)) return;
  if (status === 500) throw new Error(`Answered 500: ${body}`);
  const line = body.replace(/\n$/, '');
  if (!HTTP_FAULTS.some(({ code, text }) => code === status && text.test(line))) {
    throw new Error(`An answer that is not in the catalogue: ${status} ${body}`);
  }
}

const PROBLEM_TYPES: ReadonlySet<string> = new Set(
  Object.values(problems).map(({ title, status }) => `${status} ${title}`),
);

/** @param body of an answer of the admin API. */
export function checkAdminAnswer(status: number, body: string): void {
  checkNothingForeign(body);
  if (status === 500) throw new Error(`Answered 500: ${body}`);
  if (status < 300) return void (body === '' || JSON.parse(body));
  if (isHeadTooLong(status, body)) return;
  if (body === '') throw new Error(`Answered ${status} and nothing.`);
  const { title, status: told } = JSON.parse(body) as { title: string; status: number };
  if (told !== status || !PROBLEM_TYPES.has(`${status} ${title}`))
    throw new Error(`Not in the catalogue: ${status} ${body}`);
}

/** Statuses of what the engine refuses before a door hears of it, and of all doors together. */
const STATUSES: ReadonlySet<number> = new Set([
  100, 101, 200, 202, 204, 304, 308, 302, 400, 401, 403, 404, 405, 406, 408, 409, 411, 412, 413, 414, 415, 417, 426,
  428, 429, 431, 501, 503, 505,
]);

/** @param bytes all that the server said until it closed; a list of responses, or WebSocket frames after a 101. */
export function checkRawAnswer(bytes: string): void {
  checkNothingForeign(bytes);
  if (bytes === '') return;
  for (const [, status = ''] of bytes.matchAll(/(?:^|\r\n|\n|\})HTTP\/1\.[01] (\d+)/g)) {
    if (!STATUSES.has(Number(status))) throw new Error(`Answered ${status}: ${bytes.slice(0, 500)}`);
  }
  if (!/^HTTP\/1\.[01] \d{3}/.test(bytes)) throw new Error(`Not HTTP: ${JSON.stringify(bytes.slice(0, 200))}`);
}
