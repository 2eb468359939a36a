// The schemas of single values and records that several routes share.
import { APP_LIMITS, type AppLimits } from '../core/limits.ts';
import { SCOPES } from './route.ts';
import {
  listOf,
  mapped,
  nullable,
  type Optional,
  object,
  oneOf,
  optional,
  type Schema,
  text,
  whole,
  wholeInQuery,
  yesOrNo,
} from './schema.ts';

const MAX_QUOTA = 1_000_000_000_000;

export const line = (max: number): Schema<string> =>
  text({ max, pattern: /^[^\p{Cc}\u2028\u2029]*$/u, must: 'be one line of text' });

export const timeMs = whole(0, 8_640_000_000_000_000);
/** An id as the store or a random source has made it. */
export const id = text({ max: 200 });

export const email = mapped(
  text({ min: 3, max: 254, pattern: /^[^\s@]+@[^\s@]+$/, must: 'be an e-mail address', format: 'email' }),
  (address) => address.toLowerCase(),
);

/** At login any text may be tried; what is long would only cost time. */
export const triedPassword = text({ max: 1_000 });
export const newPassword = text({ min: 10, max: 200 });
/** The secret part of a one-time link. */
export const linkToken = text({ max: 100 });

export const role = oneOf(['admin', 'member']);
export const appRole = oneOf(['manage', 'view']);
export const scopes = listOf(oneOf(SCOPES), SCOPES.length);

export const quotas = object({ connections: whole(0, MAX_QUOTA), broadcastsPerMonth: whole(0, MAX_QUOTA) });

export const appId = text({ max: 64, pattern: /^[\w-]+$/, must: 'be letters, digits, - or _' });
export const keyText = text({
  max: 200,
  pattern: /^[!-"$'-.0-9;->@-~]+$/,
  must: 'be printable characters, without spaces and : / ? # % & +',
});
export const secretText = text({ max: 200, pattern: /^[!-~]+$/, must: 'be printable characters without spaces' });

/** Names of channels and ids of users as a caller may write them; what the app allows is looked at later. */
export const channelName = text({ max: 1_000 });
export const userId = text({ max: 1_000 });

/** An origin (`https://shop.example`), a host, or all hosts below one (`*.shop.example`). */
const origin = mapped(
  text({
    max: 300,
    pattern:
      /^([A-Za-z][-+.A-Za-z0-9]*:\/\/([-_.A-Za-z0-9]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?|(\*\.)?[A-Za-z0-9][-.A-Za-z0-9]*)$/,
    must: 'be an origin, a host, or *. and a host',
  }),
  (each) => each.toLowerCase(),
);
export const origins = listOf(origin, 100);

export const userAuthentication = object({
  enabled: yesOrNo,
  required: yesOrNo,
  timeoutSeconds: whole(1, 3_600),
});

const limitMembers = Object.fromEntries(
  Object.entries(APP_LIMITS).map(([name, { min, max }]) => [name, whole(min, max)]),
);
// Object.entries forgets which names there are; what comes out has just those of APP_LIMITS.
export const limits = object(limitMembers) as unknown as Schema<AppLimits>;
export const someLimits = object(
  Object.fromEntries(
    Object.entries(limitMembers).map(([name, schema]): [string, Optional<number>] => [name, optional(schema)]),
  ),
) as unknown as Schema<Partial<AppLimits>>;

/** The cursor is opaque; what it holds is the id of the last row of the page before. */
const cursor: Schema<string> = {
  json: { type: 'string', maxLength: 3_000 },
  decode(value, path, report) {
    const last = typeof value === 'string' ? Buffer.from(value, 'base64url').toString() : '';
    return /^[!-~]{1,2000}$/.test(last) ? last : void report(path, 'must be what `next` of the page before has said');
  },
};

export function cursorOf(last: string): string {
  return Buffer.from(last).toString('base64url');
}

export const PAGE_MEMBERS = { limit: optional(wholeInQuery(1, 200)), cursor: optional(cursor) } as const;
export const pageQuery = object(PAGE_MEMBERS);

/** One page of a list, and the cursor of the next one. */
export function pageOf<Item>(item: Schema<Item>) {
  return object({ items: listOf(item, 200), next: nullable(text({ max: 3_000 })) });
}
