// The device flow as the tool sees it (RFC 8628): it gets a code, and asks with it until somebody has decided.

import { networkOf } from '../core/network.ts';
import type { Throttle } from '../core/throttle.ts';
import type { DeviceRecord } from '../storage/records.ts';
import { accountSubject, note } from './audit.ts';
import { drawId, drawSecret, drawToken, hashOf } from './credentials.ts';
import { drawUserCode, shownUserCode } from './device-codes.ts';
import { type DeviceFault, deviceAnswer, deviceRefusal } from './device-faults.ts';
import type { Form } from './device-form.ts';
import type { Scope } from './route.ts';
import type { Site } from './site.ts';

export type GrantSite = Pick<Site, 'store' | 'clock' | 'baseUrl'>;

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const LIFETIME_SECONDS = 900;
const INTERVAL_SECONDS = 5;
/** What one slow_down adds (RFC 8628, section 3.5). */
const SLOWER_SECONDS = 5;
/** The network does not keep the distance between two requests to the millisecond. */
const TOLERANCE_MS = 250;
/** An expired code is told to be so for a while, before it is as unknown as any other. */
const REMEMBERED_MS = 3_600_000;
const NAME_LENGTH = 100;
const DRAWS = 10;

/** A device may look; what it needs to work with, it gets as key and secret. */
export const DEVICE_SCOPES: readonly Scope[] = ['apps:read', 'webhooks:read', 'usage:read'];

/** `POST /oauth/device/code`. */
export async function beginDeviceFlow(
  site: GrantSite,
  form: Form,
  remoteAddress: string,
  throttle: Throttle,
): Promise<Response> {
  const { store, clock, baseUrl } = site;
  const nowMs = clock.now();
  const waitSeconds = throttle.take(networkOf(remoteAddress), nowMs);
  if (waitSeconds > 0) return deviceRefusal('temporarily_unavailable', { 'retry-after': String(waitSeconds) });
  const clientId = form.get('client_id') ?? '';
  const fault = clientFault(clientId);
  if (fault !== null) return deviceRefusal(fault);
  await store.devices.deleteExpired(nowMs - REMEMBERED_MS);
  const deviceCode = drawSecret();
  const name = nameOf(form.get('device_name') ?? '') || clientId;
  const userCode = await createDevice(site, { deviceCodeHash: hashOf(deviceCode), clientId, name });
  const uri = `${baseUrl}/device`;
  return deviceAnswer({
    device_code: deviceCode,
    user_code: shownUserCode(userCode),
    verification_uri: uri,
    verification_uri_complete: `${uri}?user_code=${shownUserCode(userCode)}`,
    expires_in: LIFETIME_SECONDS,
    interval: INTERVAL_SECONDS,
  });
}

/** @returns the user code, which no other device has now. */
async function createDevice(
  { store, clock }: GrantSite,
  given: Pick<DeviceRecord, 'deviceCodeHash' | 'clientId' | 'name'>,
): Promise<string> {
  const nowMs = clock.now();
  for (let draw = 0; draw < DRAWS; draw++) {
    const userCode = drawUserCode();
    const isMade = await store.devices.create({
      ...given,
      id: drawId(),
      userCode,
      status: 'pending',
      accountId: null,
      appId: null,
      tokenId: null,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + LIFETIME_SECONDS * 1000,
      polledAtMs: null,
      intervalSeconds: INTERVAL_SECONDS,
    });
    if (isMade) return userCode;
  }
  throw new Error('no free user code was found');
}

function clientFault(clientId: string): DeviceFault | null {
  if (clientId === '') return 'invalid_request';
  return /^[\w.-]{1,64}$/.test(clientId) ? null : 'invalid_client';
}

/** It is shown to whoever decides, so nothing in it may pretend to be part of the page. */
function nameOf(given: string): string {
  return given
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, NAME_LENGTH)
    .toWellFormed();
}

/** `POST /oauth/token`. */
export async function pollDeviceFlow(site: GrantSite, form: Form): Promise<Response> {
  const [grantType, clientId, code] = ['grant_type', 'client_id', 'device_code'].map((name) => form.get(name) ?? '');
  if (!grantType || !clientId || !code) return deviceRefusal('invalid_request');
  if (grantType !== GRANT_TYPE) return deviceRefusal('unsupported_grant_type');
  const fault = clientFault(clientId);
  if (fault !== null) return deviceRefusal(fault);
  const device = await site.store.devices.byDeviceCode(hashOf(code));
  if (device === null || device.clientId !== clientId) return deviceRefusal('invalid_grant');
  return await answerPoll(site, device);
}

async function answerPoll(site: GrantSite, device: DeviceRecord): Promise<Response> {
  if (device.status === 'redeemed' || device.status === 'revoked') return deviceRefusal('invalid_grant');
  if (device.status === 'denied') return deviceRefusal('access_denied');
  if (device.expiresAtMs <= site.clock.now()) return deviceRefusal('expired_token');
  return device.status === 'approved' ? redeem(site, device) : deviceRefusal(await notePoll(site, device));
}

async function notePoll({ store, clock }: GrantSite, device: DeviceRecord): Promise<DeviceFault> {
  const nowMs = clock.now();
  const { polledAtMs, intervalSeconds } = device;
  const isTooSoon = polledAtMs !== null && nowMs - polledAtMs < intervalSeconds * 1000 - TOLERANCE_MS;
  await store.devices.change(device.id, 'pending', {
    polledAtMs: nowMs,
    intervalSeconds: isTooSoon ? intervalSeconds + SLOWER_SECONDS : intervalSeconds,
  });
  return isTooSoon ? 'slow_down' : 'authorization_pending';
}

async function redeem(site: GrantSite, device: DeviceRecord): Promise<Response> {
  const { store, clock } = site;
  const { appId, accountId } = device;
  const account = accountId === null ? null : await store.accounts.get(accountId);
  if (appId === null || !account?.enabled) return deviceRefusal('access_denied');
  // The oldest one that stays: it signs the webhooks, now or as soon as those before it have retired.
  const pair = (await store.keys.list(appId)).find(({ retiresAtMs }) => retiresAtMs === null);
  const isEntitled = account.role === 'admin' || (await store.members.roleOf(appId, account.id)) === 'manage';
  if (pair === undefined || !isEntitled) return deviceRefusal('access_denied');
  const token = drawToken();
  const tokenId = drawId();
  await store.tokens.create({
    id: tokenId,
    hash: hashOf(token),
    accountId: account.id,
    name: device.name,
    scopes: DEVICE_SCOPES,
    createdAtMs: clock.now(),
    expiresAtMs: null,
    lastUsedAtMs: null,
  });
  // Whoever changes the record first is the one that gets what is in it; only then is the token known to anybody, so that
  // a device that is revoked in this moment has none.
  if (!(await store.devices.change(device.id, 'approved', { status: 'redeemed', tokenId }))) {
    await store.tokens.delete(account.id, tokenId);
    return deviceRefusal('invalid_grant');
  }
  const details = { device: device.name, client: device.clientId, app: appId };
  await note(site, null, 'device.connect', accountSubject(account.id), details);
  const { key, secret } = pair;
  return deviceAnswer({
    access_token: token,
    token_type: 'Bearer',
    app_key: key,
    app_secret: secret,
    app_id: appId,
  });
}
