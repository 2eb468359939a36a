// The members of an app in the configuration: one table of check, default and documentation. docs/configuration.md lists
// the same, and a test compares.
import type { KeyPair, UserAuthentication } from '../core/app.ts';
import type { WebhookSettings } from '../core/facts.ts';
import { APP_LIMITS, type AppLimits, DEFAULT_APP_LIMITS } from '../core/limits.ts';
import { type Check, lineOfText, listOf, textThat, wholeNumber, yesOrNo } from './check.ts';
import { type Member, objectOf } from './members.ts';
import { originCheck } from './network.ts';
import { webhooksCheck } from './webhooks.ts';

const idText = textThat((text) => /^[\w-]{1,64}$/.test(text), 'be 1 to 64 letters, digits, - or _');

/** YAML and TOML make numbers of ids that are written without quotes. */
const idCheck: Check<string> = (value, path, report) => {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return idText(isWhole ? String(value) : value, path, report);
};

// A key stands in URLs, in `key:signature` and in query strings. A secret is never sent, so whatever another server has
// made of it, base64 included, may be carried over.
const keyCheck = textThat(
  (text) => /^[!-~]{1,200}$/.test(text) && !/[:/?#%&+\\]/.test(text),
  'be 1 to 200 printable characters, without spaces and : / ? # % & + \\',
);
const secretCheck = textThat((text) => /^[!-~]{1,200}$/.test(text), 'be 1 to 200 printable characters without spaces');

const keyPairs: Check<readonly KeyPair[]> = (value, path, report) => {
  const pair = objectOf({
    key: { check: keyCheck, default: undefined, doc: '' },
    secret: { check: secretCheck, default: undefined, doc: '' },
  });
  const pairs = listOf(pair)(value, path, report);
  return pairs?.length === 0 ? void report(path, 'must have at least one pair of key and secret') : pairs;
};

const USER_AUTHENTICATION: UserAuthentication = { enabled: true, required: false, timeoutSeconds: 20 };

/** The members of `userAuthentication` when it is an object. */
export const USER_AUTHENTICATION_MEMBERS = {
  enabled: yes(true, '`pusher:signin` is accepted.'),
  required: yes(
    false,
    'A connection that neither signs in nor joins an authorized channel in time is closed with 4009.',
  ),
  timeoutSeconds: { check: wholeNumber(1, 3_600), default: 20, doc: 'The seconds for it.' },
} as const;

const userAuthenticationObject = objectOf(USER_AUTHENTICATION_MEMBERS);

const userAuthentication: Check<UserAuthentication> = (value, path, report) => {
  if (typeof value === 'boolean') return { ...USER_AUTHENTICATION, enabled: value };
  const made = userAuthenticationObject(value, path, report);
  if (made?.required && !made.enabled) return void report(`${path}.required`, 'needs `enabled` as well');
  return made;
};

// Object.entries forgets which names there are; what comes out has just those of APP_LIMITS.
const limits = objectOf(
  Object.fromEntries(
    Object.entries(APP_LIMITS).map(([name, limit]): [string, Member<number>] => [
      name,
      { check: wholeNumber(limit.min, limit.max), default: limit.default, doc: limit.doc },
    ]),
  ),
) as Check<AppLimits>;

export const APP_MEMBERS = {
  id: required(
    idCheck,
    'The id, in the paths of the HTTP API. 1 to 64 letters, digits, `-` or `_`; digits only is what most SDKs expect.',
  ),
  key: optional(keyCheck, 'required, or `keys`', 'The key that clients connect with.'),
  secret: optional(secretCheck, 'required, or `keys`', 'The secret that the backend signs with.'),
  keys: optional(
    keyPairs,
    'none',
    'Instead of `key` and `secret`: a list of `{key, secret}`, so that a new pair can be rolled out while the old one still works.',
  ),
  name: optional(lineOfText(200), 'the id', 'A name for people, in logs and lists.'),
  enabled: yes(true, 'Off: connections are refused with 4003, requests with 403.'),
  clientEvents: yes(false, 'Clients may publish `client-…` events on private and presence channels.'),
  subscriptionCount: yes(false, 'Subscribers are told how many they are.'),
  subscriptionErrors: yes(false, 'A refused subscription is told to the channel as well, not only to the connection.'),
  tlsOnly: yes(false, 'Connections without TLS are closed with 4000.'),
  allowedOrigins: {
    check: listOf(originCheck),
    default: [],
    doc: 'Origins whose pages may connect: `https://shop.example`, `shop.example` or `*.shop.example`. Empty allows every origin.',
  },
  userAuthentication: {
    check: userAuthentication,
    default: USER_AUTHENTICATION,
    defaultText: '`true`',
    doc: 'Whether users may sign in: `true`, `false`, or an object with the members below.',
  },
  webhooks: {
    check: webhooksCheck,
    default: [] as readonly WebhookSettings[],
    doc: 'Where the backend is told what happens: a list of objects with the members below (webhooks.md).',
  },
  limits: { check: limits, default: DEFAULT_APP_LIMITS, defaultText: 'see below', doc: 'The limits of the app.' },
} as const;

function yes(byDefault: boolean, doc: string): Member<boolean> {
  return { check: yesOrNo, default: byDefault, doc };
}

function required<Value>(check: Check<Value>, doc: string): Member<Value> {
  return { check, default: undefined, doc };
}

function optional<Value>(check: Check<Value>, defaultText: string, doc: string): Member<Value | null> {
  return { check, default: null, defaultText, doc };
}
