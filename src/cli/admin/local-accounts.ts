// Makes accounts and tokens in the database itself, for whoever holds it: there may be no account yet that could do it.
import { accountSubject } from '../../admin/audit.ts';
import { drawId, drawToken, hashOf } from '../../admin/credentials.ts';
import { email as emailSchema, line, newPassword } from '../../admin/fields.ts';
import { Passwords } from '../../admin/passwords.ts';
import { SCOPES, type Scope } from '../../admin/route.ts';
import type { Schema } from '../../admin/schema.ts';
import { dropSetupLinks } from '../../admin/setup.ts';
import { didYouMean } from '../../config/near-miss.ts';
import type { Role } from '../../storage/records.ts';
import type { Store } from '../../storage/store.ts';
import { Failure, UsageError } from '../failure.ts';
import { type LocalValues, openLocalStore } from './local-store.ts';

interface WantedAccount {
  readonly email: string;
  readonly password: string;
  readonly role: Role;
}

export function makeAccount(values: LocalValues, wanted: WantedAccount): Promise<Readonly<Record<string, unknown>>> {
  const email = checked('EMAIL', emailSchema, wanted.email);
  const password = checked('--password', newPassword, wanted.password);
  return withStore(values, async (store) => {
    const nowMs = Date.now();
    const passwordHash = await new Passwords().hash(password);
    if (passwordHash === null) throw new Error('nothing else is hashed here');
    const { role } = wanted;
    const quotas = { connections: 0, broadcastsPerMonth: 0 };
    const fields = { id: drawId(), email, passwordHash, role, enabled: true, quotas };
    const account = await store.accounts.create(fields, nowMs);
    if (account === 'taken') throw new Failure(`There is an account with the e-mail address ${email}.`);
    await dropSetupLinks(store, nowMs);
    await noteFromHere(store, 'account.create', account.id, { role });
    return { id: account.id, email, role };
  });
}

interface WantedToken {
  readonly email: string;
  readonly name: string;
  /** Null for all that the account may. */
  readonly scopes: readonly string[] | null;
  readonly expiresAtMs: number | null;
}

export function makeToken(values: LocalValues, wanted: WantedToken): Promise<string> {
  const email = checked('EMAIL', emailSchema, wanted.email);
  const name = checked('NAME', line(100), wanted.name);
  const given = wanted.scopes?.map(scopeOf) ?? null;
  return withStore(values, async (store) => {
    const account = await store.accounts.byEmail(email);
    if (account === null) throw new Failure(`There is no account with the e-mail address ${email}.`);
    const isAdmin = account.role === 'admin';
    const scopes = given ?? SCOPES.filter((scope) => isAdmin || scope !== 'accounts:admin');
    if (!isAdmin && scopes.includes('accounts:admin')) throw new Failure('accounts:admin is for admins only.');
    const token = drawToken();
    const [id, nowMs] = [drawId(), Date.now()];
    const times = { createdAtMs: nowMs, expiresAtMs: wanted.expiresAtMs, lastUsedAtMs: null };
    await store.tokens.create({ id, hash: hashOf(token), accountId: account.id, name, scopes, ...times });
    await noteFromHere(store, 'token.create', account.id, { id, name, scopes });
    return token;
  });
}

function scopeOf(text: string): Scope {
  const scope = SCOPES.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new UsageError(`There is no scope "${text}"${didYouMean(text, SCOPES) || `; there are ${SCOPES.join(', ')}.`}`);
}

async function withStore<Result>(values: LocalValues, work: (store: Store) => Promise<Result>): Promise<Result> {
  const { store } = await openLocalStore(values);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function checked<Value>(name: string, schema: Schema<Value>, given: unknown): Value {
  const faults: string[] = [];
  const value = schema.decode(given, '', (_, text) => faults.push(text));
  if (value === undefined) throw new UsageError(`${name} ${faults.join(', ')}.`);
  return value;
}

async function noteFromHere(store: Store, action: string, account: string, details: object): Promise<void> {
  const subject = accountSubject(account);
  await store.audit.add({ atMs: Date.now(), accountId: null, origin: 'cli', action, subject, details: { ...details } });
}
