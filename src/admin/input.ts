// Query, body and If-Match of a request, as its route wants them.
import { BODY_BYTES } from './bounds.ts';
import { type Fault, type Problem, refuse } from './problems.ts';
import type { Route } from './route.ts';
import type { Report, Schema } from './schema.ts';
import type { Expected } from './verb.ts';

/** More faults would only repeat themselves. */
const MAX_FAULTS = 20;

export function decodeQuery({ query }: Route, text: string): { readonly value: unknown } | Problem {
  if (query === undefined) return { value: null };
  const members: Record<string, string> = Object.create(null);
  const repeated: Fault[] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in members) repeated.push({ pointer: '', detail: 'has a parameter twice' });
    members[name] = value;
  }
  return repeated.length > 0 ? { problem: 'badRequest', errors: repeated } : decodeWith(query, members);
}

export async function decodeBody({ body }: Route, request: Request): Promise<{ readonly value: unknown } | Problem> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES) return refuse('tooLarge');
  if (body === undefined) return { value: null };
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) return refuse('wrongMedia');
  let bytes: Uint8Array | null;
  try {
    bytes = await readBounded(request);
  } catch {
    // Its sender hung up before it was whole, which is no failure of ours.
    return refuse('badJson');
  }
  if (bytes === null) return refuse('tooLarge');
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return decodeWith(body, parsed);
  } catch {
    return refuse('badJson');
  }
}

function decodeWith(schema: Schema<unknown>, given: unknown): { readonly value: unknown } | Problem {
  const errors: Fault[] = [];
  const report: Report = (pointer, detail) => {
    if (errors.length < MAX_FAULTS) errors.push({ pointer, detail });
  };
  const value = schema.decode(given, '', report);
  return errors.length > 0 ? { problem: 'badRequest', errors } : { value };
}

/** Null when there is more than a request of this API can mean. */
async function readBounded(request: Request): Promise<Uint8Array | null> {
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The version that If-Match names. */
export function expectedVersion({ conditional }: Route, request: Request): { readonly expected: Expected } | Problem {
  if (conditional === undefined) return { expected: null };
  const header = request.headers.get('if-match');
  if (header === null) return refuse('conditionNeeded');
  if (header === '*') return { expected: 'any' };
  const version = /^"v(\d{1,15})"$/.exec(header)?.[1];
  // A tag of another form was never given out, so nothing has it.
  return version === undefined ? refuse('stale') : { expected: Number(version) };
}

export function tagOf(version: number): string {
  return `"v${version}"`;
}
