// The door of the device flow: two addresses for tools, and the page for the person who decides.

import { Throttle } from '../core/throttle.ts';
import type { AppId } from '../protocol/ids.ts';
import type { RequestTarget } from '../protocol/request-target.ts';
import type { DeviceRecord } from '../storage/records.ts';
import {
  authenticate,
  type Caller,
  hasCsrfToken,
  isCrossSite,
  isSecureRequest,
  sessionCookie,
} from './authenticate.ts';
import { readUserCode } from './device-codes.ts';
import { allow, type Choice, type Decided, deny, manageableApps } from './device-decision.ts';
import { deviceRefusal } from './device-faults.ts';
import { type Form, readForm } from './device-form.ts';
import { beginDeviceFlow, pollDeviceFlow } from './device-grant.ts';
import { codePage, lastPage, loginPage, type Notice, questionPage } from './device-page.ts';
import { beginSession, checkLogin } from './sessions.ts';
import type { Site } from './site.ts';
import { isProblem } from './verb.ts';

type SessionCaller = Extract<Caller, { readonly kind: 'session' }>;

/** Codes that one network may ask for; many tools may sit behind one address. */
const CODES = { burst: 60, perMinute: 10, maxNames: 10_000 } as const;
/** Codes that an account may try. */
const GUESSES = { burst: 30, perMinute: 10, maxNames: 10_000 } as const;

/** What the flow needs of the admin API's site; what both count, such as attempts to log in, is the same. */
export type DeviceSite = Omit<Site, 'webhooks'>;

export type DeviceDoor = (request: Request, target: RequestTarget, remoteAddress: string) => Promise<Response>;

/** Whether the door has something to do with the path. */
export function isDevicePath(path: string): boolean {
  return path === '/device' || path === '/oauth/device/code' || path === '/oauth/token';
}

export function deviceDoor(site: DeviceSite): DeviceDoor {
  const codes = new Throttle(CODES);
  const guesses = new Throttle(GUESSES);
  const answer: DeviceDoor = async (request, { path, query }, remoteAddress) => {
    if (path === '/device') {
      if (request.method === 'GET' || request.method === 'HEAD') return await showPage(site, request, query, guesses);
      if (request.method !== 'POST') return wrongMethod('GET, HEAD, POST');
      return await takeForm(site, request, remoteAddress, guesses);
    }
    if (!isDevicePath(path)) return new Response(null, { status: 404 });
    if (request.method !== 'POST') return wrongMethod('POST');
    const form = await readForm(request);
    if (form === null) return deviceRefusal('invalid_request');
    if (path === '/oauth/token') return await pollDeviceFlow(site, form);
    return await beginDeviceFlow(site, form, remoteAddress, codes);
  };
  return async (request, target, remoteAddress) => {
    try {
      return await answer(request, target, remoteAddress);
    } catch (error) {
      site.logger.log('error', 'deviceFlowFailed', { path: target.path, reason: String(error) });
      return new Response(null, { status: 500 });
    }
  };
}

function wrongMethod(allowed: string): Response {
  return new Response(null, { status: 405, headers: { allow: allowed } });
}

async function showPage(site: DeviceSite, request: Request, query: string, guesses: Throttle): Promise<Response> {
  const typed = new URLSearchParams(query).get('user_code')?.slice(0, 100) || null;
  const caller = await sessionOf(site, request);
  if (caller === null) return loginPage(typed, null);
  if (typed === null) return codePage(null);
  return await askAbout(site, caller, typed, guesses, null);
}

/** A token has no business here: what it may, it may without the page. */
async function sessionOf(site: DeviceSite, request: Request): Promise<SessionCaller | null> {
  const caller = await authenticate(site.store, site.clock, request, isSecureRequest(request, site.baseUrl));
  return caller?.kind === 'session' ? caller : null;
}

async function askAbout(
  site: DeviceSite,
  caller: SessionCaller,
  typed: string,
  guesses: Throttle,
  notice: Notice | null,
): Promise<Response> {
  const device = await findDevice(site, caller, typed, guesses);
  if ('text' in device) return codePage(device);
  const { account, session } = caller;
  const apps = await manageableApps(site.store, account);
  return questionPage({ device, email: account.email, csrf: session.csrf, apps }, notice);
}

/** Right codes count as well, so that nobody learns from the answer when to stop guessing. */
async function findDevice(
  { store, clock }: DeviceSite,
  { account }: SessionCaller,
  typed: string,
  guesses: Throttle,
): Promise<DeviceRecord | Notice> {
  const nowMs = clock.now();
  const userCode = readUserCode(typed);
  const device = userCode === null ? null : await store.devices.byUserCode(userCode, nowMs);
  const waitSeconds = guesses.take(account.id, nowMs);
  if (waitSeconds > 0) {
    const text = `Too many codes were tried. Wait ${waitSeconds} seconds.`;
    return { text, status: 429, headers: { 'retry-after': String(waitSeconds) } };
  }
  if (device?.status !== 'pending') {
    return { text: 'No device waits with this code. It may have expired; begin again on the device.', status: 404 };
  }
  return device;
}

async function takeForm(
  site: DeviceSite,
  request: Request,
  remoteAddress: string,
  guesses: Throttle,
): Promise<Response> {
  const form = await readForm(request);
  if (form === null) return codePage({ text: 'The form could not be read.', status: 400 });
  if (isCrossSite(request)) return codePage({ text: 'The form was sent by a page of another site.', status: 403 });
  const typed = form.get('user_code')?.slice(0, 100) || null;
  if (form.get('action') === 'login') return await logIn(site, request, form, typed, remoteAddress);
  const caller = await sessionOf(site, request);
  if (caller === null) return loginPage(typed, { text: 'Your session has ended.', status: 401 });
  if (!hasCsrfToken(caller.session, form.get('csrf') ?? null)) {
    return codePage({ text: 'The form is not of this session. Enter the code again.', status: 403 });
  }
  return await decide(site, caller, form, typed ?? '', guesses);
}

async function logIn(
  site: DeviceSite,
  request: Request,
  form: Form,
  typed: string | null,
  remoteAddress: string,
): Promise<Response> {
  const email = (form.get('email') ?? '').trim().toLowerCase().slice(0, 254);
  const account = await checkLogin(site, email, (form.get('password') ?? '').slice(0, 1_000), remoteAddress);
  if (isProblem(account)) {
    if (account.problem !== 'tooOften') return loginPage(typed, { text: 'E-mail or password is wrong.', status: 401 });
    return loginPage(typed, { text: 'Too many attempts; wait a while.', status: 429, headers: account.headers ?? {} });
  }
  const isSecure = isSecureRequest(request, site.baseUrl);
  const { cookie } = await beginSession(site, account, sessionCookie(request, isSecure), isSecure);
  const code = typed === null ? '' : `?user_code=${encodeURIComponent(typed)}`;
  // Relative, so that it leads back here whatever a proxy has made of the address.
  return new Response(null, { status: 303, headers: { location: `device${code}`, 'set-cookie': cookie } });
}

async function decide(
  site: DeviceSite,
  caller: SessionCaller,
  form: Form,
  typed: string,
  guesses: Throttle,
): Promise<Response> {
  const action = form.get('action');
  const device = await findDevice(site, caller, typed, guesses);
  if ('text' in device) return codePage(device);
  if (action !== 'allow' && action !== 'deny') {
    return await askAbout(site, caller, typed, guesses, { text: 'Allow it or deny it.', status: 400 });
  }
  const choice = choiceOf(form.get('app') ?? '');
  if (action === 'allow' && choice === undefined) {
    return await askAbout(site, caller, typed, guesses, { text: 'Choose an app.', status: 400 });
  }
  const decided =
    action === 'deny' ? await deny(site, caller, device) : await allow(site, caller, device, choice ?? null);
  return await tell(decided, device, (notice) => askAbout(site, caller, typed, guesses, notice));
}

function choiceOf(text: string): Choice | undefined {
  if (text === 'new') return null;
  const [, id] = /^app:([\w-]{1,64})$/.exec(text) ?? [];
  return id === undefined ? undefined : (id as AppId);
}

async function tell(
  decided: Decided,
  device: DeviceRecord,
  askAgain: (notice: Notice) => Promise<Response>,
): Promise<Response> {
  switch (decided.kind) {
    case 'approved':
      return lastPage(
        'Connected',
        `${device.name} gets the app ${decided.app.name} (${decided.app.id}). You can close this page.`,
      );
    case 'denied':
      return lastPage('Denied', `${device.name} gets nothing. You can close this page.`);
    case 'gone':
      return codePage({ text: 'This was decided already.', status: 409 });
    case 'noSuchApp':
      return await askAgain({ text: 'There is no such app that you manage.', status: 404 });
    case 'tooManyApps':
      return await askAgain({ text: 'You have as many apps as there may be; choose one of them.', status: 409 });
    case 'tooManyTokens':
      return await askAgain({ text: 'You have too many tokens and devices; revoke some first.', status: 409 });
    default:
      return decided satisfies never;
  }
}
