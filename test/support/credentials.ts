// The app of the tests, and the signatures that its backend would make. The pair is the one of the Pusher documentation.
import { type AppSettings, createApp } from '../../src/core/app.ts';
import { type AppLimits, DEFAULT_APP_LIMITS } from '../../src/core/limits.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { Signer } from '../../src/protocol/signatures.ts';

export const KEY = '278d425bdf160c739803';
export const SECRET = '7ad3773142a6692b25b8';
export const APP_ID = '1001';

const signer = new Signer(SECRET);

export type TestApp = Partial<Omit<AppSettings, 'limits'>> & { readonly limits?: Partial<AppLimits> };

/** Settings of an app in which everything is on. */
export function appSettings({ limits, ...changes }: TestApp = {}): AppSettings {
  return {
    id: APP_ID as AppId,
    name: 'Test',
    enabled: true,
    keys: [{ key: KEY, secret: SECRET }],
    allowedOrigins: [],
    clientEvents: true,
    subscriptionCount: false,
    subscriptionErrors: false,
    tlsOnly: false,
    userAuthentication: { enabled: true, required: false, timeoutSeconds: 20 },
    webhooks: [],
    ...changes,
    limits: { ...DEFAULT_APP_LIMITS, ...limits },
  };
}

export const testApp = (changes: TestApp = {}) => createApp(appSettings(changes));

/** The `auth` that lets the connection into the channel. */
export function channelAuth(socketId: string, channel: string, channelData?: string): string {
  const data = channelData === undefined ? '' : `:${channelData}`;
  return `${KEY}:${signer.sign(`${socketId}:${channel}${data}`)}`;
}

/** The `auth` that signs the user in. */
export function userAuth(socketId: string, userData: string): string {
  return `${KEY}:${signer.sign(`${socketId}::user::${userData}`)}`;
}

/** A query string that signs the request, as a server SDK would. */
export function signedQuery(
  method: string,
  path: string,
  body: string,
  options: { parameters?: Record<string, string>; nowMs?: number; key?: string; secret?: string } = {},
): string {
  const { parameters = {}, nowMs = Date.now(), key = KEY, secret } = options;
  const all: Record<string, string> = {
    ...parameters,
    auth_key: key,
    auth_timestamp: String(Math.floor(nowMs / 1000)),
    auth_version: '1.0',
    ...(body === '' ? {} : { body_md5: Bun.CryptoHasher.hash('md5', body, 'hex') }),
  };
  const canonical = Object.keys(all)
    .toSorted()
    .map((name) => `${name}=${all[name] ?? ''}`)
    .join('&');
  const signature = (secret === undefined ? signer : new Signer(secret)).sign(`${method}\n${path}\n${canonical}`);
  const encoded = Object.entries(all).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${encoded.join('&')}&auth_signature=${signature}`;
}
