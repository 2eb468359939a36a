// The published versions of pusher-js that must work unmodified, and what each of them cannot do by itself.
import { createRequire } from 'node:module';
import type Pusher from 'pusher-js';

/** What came to pusher-js in the course of time, as far as Vask has a part in it. */
export type Ability = 'signIn' | 'watchlist' | 'presenceBySignIn' | 'subscriptionCount';

export interface SdkVersion {
  readonly name: string;
  readonly Pusher: typeof Pusher;
  /** How the backend's signatures are handed in without an endpoint: the option changed its name and form with 7. */
  readonly authorization: 'authorizer' | 'customHandler';
  /** What this version cannot do → why. A test shows each of them to be true. */
  readonly lacks: ReadonlyMap<Ability, string>;
}

const require = createRequire(import.meta.url);

const BEFORE_7: readonly [Ability, string][] = [
  ['signIn', 'pusher.signin() came with 7.1'],
  ['watchlist', 'pusher.user.watchlist came with 7.5'],
  ['presenceBySignIn', 'presence without channel_data came with 7.4'],
  ['subscriptionCount', 'pusher:subscription_count came with 7.2'],
];

function version(name: string, module: string, lacks: readonly [Ability, string][]): SdkVersion {
  const isOld = lacks.some(([ability]) => ability === 'signIn');
  return {
    name,
    Pusher: require(module) as typeof Pusher,
    authorization: isOld ? 'authorizer' : 'customHandler',
    lacks: new Map(lacks),
  };
}

export const SDK_8: SdkVersion = version('pusher-js 8.6', 'pusher-js', []);

export const SDK_VERSIONS: readonly SdkVersion[] = [
  version('pusher-js 4.4', 'pusher-js-4', BEFORE_7),
  version('pusher-js 5.1', 'pusher-js-5', BEFORE_7),
  version('pusher-js 6.0', 'pusher-js-6', BEFORE_7),
  version('pusher-js 7.6', 'pusher-js-7', []),
  SDK_8,
];
