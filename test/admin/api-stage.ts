// The admin API as a function of a request, on a real store, with accounts of every kind. Each answer is checked against
// the schema that its route promises.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawId, drawSecret, drawToken, hashOf } from '../../src/admin/credentials.ts';
import { type AdminDoor, adminDoor, adminSite } from '../../src/admin/door.ts';
import { EVENT_STREAM } from '../../src/admin/event-streams.ts';
import { matcher } from '../../src/admin/match.ts';
import { NEW_APP } from '../../src/admin/new-app.ts';
import { Passwords } from '../../src/admin/passwords.ts';
import { API_PATH, ROUTES } from '../../src/admin/routes.ts';
import type { AdminOptions, Site, WebhookControl } from '../../src/admin/site.ts';
import type { App } from '../../src/core/app.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { AccountRecord, Role } from '../../src/storage/records.ts';
import type { Store } from '../../src/storage/store.ts';
import { FakeClock } from '../support/clock.ts';
import { createWorld } from '../support/world.ts';

export const PASSWORD = 'correct horse battery';
const BASE = 'https://vask.example';
// Cheap on purpose: it is not the hash that is tested here.
const COST = { memoryCost: 8, timeCost: 1 };
const HASH = Bun.password.hash(PASSWORD, { algorithm: 'argon2id', ...COST });
const QUOTAS = { connections: 0, broadcastsPerMonth: 0 };

/** What vouches for a request. */
export type Credentials = Readonly<Record<string, string>>;
export const NOBODY: Credentials = {};

export interface Asked {
  readonly body?: unknown;
  readonly headers?: Credentials;
  readonly address?: string;
  /** Of a request that came by plain http. */
  readonly base?: string;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // What a test asks of it is what it tests.
  readonly json: Readonly<Record<string, never>>;
}

const match = matcher(ROUTES);
/** Somebody else's, of which only the id is known. */
const CONFIGURED: Readonly<Record<string, App>> = { configured: {} as never };

export class ApiStage implements AsyncDisposable {
  readonly clock = new FakeClock();
  /** The lines of the log. */
  readonly lines: string[] = [];
  readonly refreshed: string[] = [];
  /** Calls of the webhooks. */
  readonly webhookCalls: string[] = [];
  /** The apps that the server works with: none unless a test says so. */
  readonly running: App[] = [];
  /** A node with an app of the configuration, for clients to connect to. */
  readonly world = createWorld({ clock: this.clock, nodes: 1, app: { id: '9009' as AppId } });
  readonly store: Store;
  readonly site: Site;
  readonly door: AdminDoor;
  readonly #directory: string;

  constructor(store: Store, directory: string, baseUrl: string) {
    this.store = store;
    this.#directory = directory;
    const options: AdminOptions = {
      store,
      live: {
        apps: {
          byIdOrKey: (text) =>
            this.running.find((app) => app.id === text || app.signers.has(text)) ?? CONFIGURED[text] ?? null,
          all: () => this.running,
        },
        refresh: async (id) => void this.refreshed.push(id ?? 'all'),
      },
      webhooks: this.#webhooks(),
      clock: this.clock,
      logger: { log: (...line) => void this.lines.push(JSON.stringify(line)) },
      baseUrl,
      node: { engine: this.world.nodes[0].engine, version: '1.2.3', cluster: 'memory' },
    };
    this.site = adminSite(options, new Passwords(COST));
    this.door = adminDoor(this.site);
  }

  #webhooks(): WebhookControl {
    const attempt = {
      id: 7,
      delivery: 'd',
      app: '1' as AppId,
      endpoint: 'e',
      atMs: 3_000_000_000_000,
      attempt: 1,
      isTest: true,
      status: 204,
      durationMs: 1.5,
      error: null,
      answer: '',
      body: '{}',
    };
    const letter = {
      seq: 3,
      id: 'd',
      app: '1' as AppId,
      endpoint: 'e',
      sinceMs: 3_000_000_000_000,
      count: 2,
      body: '{}',
      deadAtMs: 2,
    };
    const note = <Answer>(what: string, details: unknown, answer: Answer): Promise<Answer> => {
      this.webhookCalls.push(`${what} ${JSON.stringify(details)}`);
      return Promise.resolve(answer);
    };
    return {
      allowedHosts: ['localhost:9000'],
      sendTest: (app, endpoint) => note('test', { app, endpoint }, attempt),
      deliveries: (query) => note('read deliveries', query, [attempt]),
      deadLetters: (query) => note('read dead letters', query, [letter]),
      replay: (selection) => note('replay', selection, 5),
    };
  }

  async account(email: string, role: Role = 'member', enabled = true): Promise<AccountRecord> {
    const fields = { id: drawId(), email, passwordHash: await HASH, role, enabled, quotas: QUOTAS };
    const made = await this.store.accounts.create(fields, this.clock.now());
    if (made === 'taken') throw new Error(`${email} is taken`);
    return made;
  }

  async app(owner: AccountRecord, id: string) {
    const fields = { ...NEW_APP, id: id as AppId, ownerId: owner.id, name: `App ${id}` };
    const made = await this.store.apps.create(fields, { key: `key-${id}`, secret: `secret-${id}` }, this.clock.now());
    if (typeof made === 'string') throw new Error(`${id} is ${made}`);
    return made;
  }

  /** A session without logging in, which costs a hash. */
  async session({ id }: AccountRecord): Promise<Credentials> {
    const value = drawSecret();
    const csrf = drawSecret();
    const nowMs = this.clock.now();
    const session = {
      hash: hashOf(value),
      accountId: id,
      csrf,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + 1_000_000_000,
    };
    await this.store.sessions.create(session);
    return { cookie: `__Host-vask_session=${value}`, 'x-csrf-token': csrf };
  }

  async token(
    { id }: AccountRecord,
    scopes: readonly string[],
    expiresAtMs: number | null = null,
  ): Promise<Credentials> {
    const secret = drawToken();
    const token = { id: drawId(), hash: hashOf(secret), accountId: id, name: 'test', scopes, expiresAtMs };
    await this.store.tokens.create({ ...token, createdAtMs: this.clock.now(), lastUsedAtMs: null });
    return { authorization: `Bearer ${secret}` };
  }

  /** @param path below /api/v1, with its query. */
  ask(method: string, path: string, credentials: Credentials, asked: Asked = {}): Promise<Told> {
    return askDoor(this.door, method, path, credentials, asked);
  }

  /** The same of another site. */
  askOf(site: Site, method: string, path: string, credentials: Credentials): Promise<Told> {
    return askDoor(adminDoor(site), method, path, credentials, {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function askDoor(
  door: AdminDoor,
  method: string,
  path: string,
  credentials: Credentials,
  asked: Asked,
): Promise<Told> {
  const { body, headers = {}, address = '192.0.2.1', base = BASE } = asked;
  const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const type: Credentials = body === undefined ? {} : { 'content-type': 'application/json' };
  const init = { method, ...content, headers: { ...type, ...credentials, ...headers } };
  const request = new Request(`${base}${API_PATH}${path}`, init);
  const target = parseRequestTarget(request.url, '');
  const response = await door(request, target, address);
  // A stream never ends by itself; whoever wants to read it asks the door.
  const isStream = response.headers.get('content-type') === EVENT_STREAM;
  if (isStream) await response.body?.cancel();
  const text = isStream ? '' : await response.text();
  checkAnswer(method, target.path.slice(API_PATH.length), response, text);
  return { status: response.status, headers: response.headers, text, json: text === '' ? {} : JSON.parse(text) };
}

export async function apiStage(baseUrl = BASE): Promise<ApiStage> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vask-admin-'));
  return new ApiStage(await openStore({ url: null, dataDirectory, secretKey: null }), dataDirectory, baseUrl);
}

/** What is more than the schema tells might be a secret, so it is a fault of the server. */
function checkAnswer(method: string, path: string, { status, headers }: Response, text: string): void {
  if (status >= 400) {
    if (headers.get('content-type') !== 'application/problem+json') throw new Error(`${path}: ${status} is no problem`);
    return;
  }
  const found = match(method, path);
  if (!('route' in found) || method === 'HEAD') return;
  const { answer, stream } = found.route;
  if (stream !== undefined) return;
  const faults: string[] = [];
  const value: unknown = text === '' ? null : JSON.parse(text);
  if (answer === undefined) {
    if (status !== 204 || value !== null) faults.push('is not empty');
  } else answer.decode(value, '', (pointer, detail) => void faults.push(`${pointer} ${detail}`));
  if (faults.length > 0) throw new Error(`${method} ${path} has answered ${text}: ${faults.join('; ')}`);
}
