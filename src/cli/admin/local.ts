// Administrates the database of this machine. The requests go through the same door as those of the HTTP API, so that the
// same checks hold; only the way to it is shorter.
import { randomBytes } from 'node:crypto';
import { hashOf, TOKEN_PREFIX } from '../../admin/credentials.ts';
import { adminDoor, adminSite } from '../../admin/door.ts';
import { SCOPES } from '../../admin/route.ts';
import type { AdminLogger, WebhookControl } from '../../admin/site.ts';
import type { Config } from '../../config/schema.ts';
import { createApp } from '../../core/app.ts';
import { parseRequestTarget } from '../../protocol/request-target.ts';
import type { AccountRecord, TokenRecord } from '../../storage/records.ts';
import type { Store } from '../../storage/store.ts';
import { systemClock } from '../../system/clock.ts';
import { Failure } from '../failure.ts';
import { complain } from '../terminal.ts';
import { type AdminClient, answerOf, contentOf } from './client.ts';
import { type LocalValues, openLocalStore } from './local-store.ts';

/** Only its path and query are looked at. */
const BASE_URL = 'http://localhost';
const PAGE = 200;

export async function localAdmin(values: LocalValues & { readonly as?: string | undefined }): Promise<AdminClient> {
  const { store, config } = await openLocalStore(values);
  try {
    const account = await accountFor(store, values.as);
    const token = `${TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
    const site = adminSite({
      store: trusting(store, account, hashOf(token)),
      live: liveApps(config),
      webhooks: webhookControl(config),
      clock: systemClock,
      logger: { log: complainOfErrors },
      baseUrl: BASE_URL,
    });
    const door = adminDoor(site);
    return {
      isRemote: false,
      async ask(method, path, ask = {}) {
        const url = `${BASE_URL}/api/v1${path}`;
        const request = new Request(url, { method, ...contentOf(ask, token) });
        const response = await door(request, parseRequestTarget(url, ''), '127.0.0.1');
        return answerOf(response.status, response.headers, await response.text());
      },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function accountFor(store: Store, email: string | undefined): Promise<AccountRecord> {
  if (email !== undefined) {
    const account = await store.accounts.byEmail(email.toLowerCase());
    if (account !== null) return account;
    throw new Failure(`There is no account with the e-mail address ${email}.`);
  }
  let after: string | undefined;
  for (;;) {
    const page = await store.accounts.list({ limit: PAGE, after });
    const admin = page.find(({ role, enabled }) => role === 'admin' && enabled);
    if (admin !== undefined) return admin;
    after = page.at(-1)?.id;
    if (after === undefined) break;
  }
  throw new Failure('There is no admin in this database yet.', 'Make one: vask accounts create-admin EMAIL');
}

/** Whoever holds the database needs no token of it, so this one is never written down. */
function trusting(store: Store, { id: accountId }: AccountRecord, hash: string): Store {
  const nowMs = Date.now();
  const token: TokenRecord = {
    id: 'command-line',
    hash,
    accountId,
    name: 'command line',
    scopes: SCOPES,
    createdAtMs: nowMs,
    expiresAtMs: null,
    lastUsedAtMs: nowMs,
  };
  return {
    ...store,
    tokens: { ...store.tokens, byHash: async (given) => (given === hash ? token : null) },
    audit: { ...store.audit, add: (entry) => store.audit.add({ ...entry, origin: 'cli' }) },
  };
}

/** The apps of the configuration win over those of the database, so none must be made with an id or key of theirs. */
function liveApps({ apps }: Config) {
  const fixed = apps.map((settings) => createApp(settings));
  return {
    apps: {
      byIdOrKey: (text: string) => fixed.find(({ id, signers }) => id === text || signers.has(text)) ?? null,
      all: () => fixed,
    },
    // A server that runs beside this looks for changes itself.
    async refresh() {},
  };
}

function webhookControl({ webhookAllowedHosts }: Config): WebhookControl {
  const onlyServer = (): never => {
    throw new Failure('Only a running server can do this.');
  };
  return {
    allowedHosts: webhookAllowedHosts,
    sendTest: onlyServer,
    deliveries: onlyServer,
    deadLetters: onlyServer,
    replay: onlyServer,
  };
}

const complainOfErrors: AdminLogger['log'] = (level, event, fields = {}) => {
  if (level === 'error') complain(`${event} ${JSON.stringify(fields)}`);
};
