// What a person decides about a device: deny it, or give it an app, a new one or one that the person manages.
import type { AppId } from '../protocol/ids.ts';
import type { AccountRecord, AppRecord, DeviceRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { accountSubject, note } from './audit.ts';
import type { Caller } from './authenticate.ts';
import { MOST } from './bounds.ts';
import { makeApp, NEW_APP } from './new-app.ts';
import type { Site } from './site.ts';
import { isProblem } from './verb.ts';

export type DecisionSite = Pick<Site, 'store' | 'clock' | 'live' | 'turns'>;

/** Null makes a new app. */
export type Choice = AppId | null;

export type Decided =
  | { readonly kind: 'approved'; readonly app: AppRecord }
  | { readonly kind: 'denied' | 'gone' | 'noSuchApp' | 'tooManyApps' | 'tooManyTokens' };

/** The page offers so many; whoever has more makes a new app, or gives the device a key by hand. */
const OFFERED_APPS = 200;

/** The apps whose secret the account may hand on. */
export async function manageableApps(store: Store, account: AccountRecord): Promise<readonly AppRecord[]> {
  const page = { limit: OFFERED_APPS };
  if (account.role === 'admin') return await store.apps.list(page);
  const manageable: AppRecord[] = [];
  for (const app of await store.apps.list(page, account.id)) {
    if ((await store.members.roleOf(app.id, account.id)) === 'manage') manageable.push(app);
  }
  return manageable;
}

export async function deny(site: DecisionSite, caller: Caller, device: DeviceRecord): Promise<Decided> {
  const { account } = caller;
  const isFirst = await site.store.devices.change(device.id, 'pending', { status: 'denied', accountId: account.id });
  if (!isFirst) return { kind: 'gone' };
  const details = { device: device.name, client: device.clientId };
  await note(site, caller, 'device.deny', accountSubject(account.id), details);
  return { kind: 'denied' };
}

/** One after the other for one device, so that a form that is sent twice makes one app. */
export function allow(site: DecisionSite, caller: Caller, device: DeviceRecord, choice: Choice): Promise<Decided> {
  return site.turns.take(`device:${device.id}`, async () => {
    const now = await site.store.devices.byDeviceCode(device.deviceCodeHash);
    if (now?.status !== 'pending') return { kind: 'gone' };
    if ((await site.store.tokens.list(caller.account.id)).length >= MOST.tokensOfAccount) {
      return { kind: 'tooManyTokens' };
    }
    const app = choice === null ? await newApp(site, caller, device) : await chosenApp(site, caller, choice);
    if ('kind' in app) return app;
    return await approve(site, caller, device, app, choice === null);
  });
}

async function approve(
  site: DecisionSite,
  caller: Caller,
  device: DeviceRecord,
  app: AppRecord,
  isNew: boolean,
): Promise<Decided> {
  const fields = { status: 'approved', accountId: caller.account.id, appId: app.id } as const;
  if (!(await site.store.devices.change(device.id, 'pending', fields))) {
    // Another node was faster; an app that nobody asked for need not stay.
    if (isNew && (await site.store.apps.delete(app.id))) await site.live.refresh(app.id);
    return { kind: 'gone' };
  }
  const details = { device: device.name, client: device.clientId, app: app.id };
  await note(site, caller, 'device.approve', accountSubject(caller.account.id), details);
  return { kind: 'approved', app };
}

async function chosenApp({ store }: DecisionSite, { account }: Caller, id: AppId): Promise<AppRecord | Decided> {
  const app = await store.apps.get(id);
  const mayHand =
    app !== null && (account.role === 'admin' || (await store.members.roleOf(id, account.id)) === 'manage');
  return mayHand ? app : { kind: 'noSuchApp' };
}

async function newApp(site: DecisionSite, caller: Caller, device: DeviceRecord): Promise<AppRecord | Decided> {
  const fields = { ...NEW_APP, name: device.name };
  const made = await makeApp(site, caller, { fields, owner: caller.account });
  return isProblem(made) ? { kind: 'tooManyApps' } : made.app;
}
