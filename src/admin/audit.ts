// Notes who has changed what. The details name what changed and never a secret.
import type { Clock } from '../engine/ports.ts';
import type { AppId } from '../protocol/ids.ts';
import type { AuditRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import type { Caller } from './authenticate.ts';
import type { Site } from './site.ts';

/** The subjects by which entries are found. */
export const appSubject = (id: string): string => `app:${id}`;
export const accountSubject = (id: string): string => `account:${id}`;

export async function note(
  { store, clock }: Pick<Site, 'store' | 'clock'>,
  caller: Caller | null,
  action: string,
  subject: string,
  details: AuditRecord['details'] = {},
): Promise<void> {
  const by = caller?.kind === 'token' ? { token: caller.token.id } : {};
  await store.audit.add({
    atMs: clock.now(),
    accountId: caller?.account.id ?? null,
    origin: 'api',
    action,
    subject,
    details: { ...details, ...by },
  });
}

interface DisabledEndpoint {
  readonly app: AppId;
  readonly endpoint: string;
  readonly reason: string;
}

/** The server itself has switched a webhook off, and its owner shall not have to guess who it was. */
export async function noteEndpointDisabled(
  store: Pick<Store, 'audit'>,
  clock: Pick<Clock, 'now'>,
  { app, endpoint, reason }: DisabledEndpoint,
): Promise<void> {
  await store.audit.add({
    atMs: clock.now(),
    accountId: null,
    origin: 'server',
    action: 'webhook.disable',
    subject: appSubject(app),
    details: { id: endpoint, reason },
  });
}

/** Of the fields given, those that differ from the record, as before and after. */
export function changesOf(before: object, fields: object): Readonly<Record<string, unknown>> {
  const old = before as Readonly<Record<string, unknown>>;
  const changed = Object.entries(fields).filter(([name, value]) => JSON.stringify(old[name]) !== JSON.stringify(value));
  return Object.fromEntries(changed.map(([name, value]) => [name, { before: old[name] ?? null, after: value }]));
}
