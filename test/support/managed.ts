// What a team does with a running server: it asks the admin API, and looks until what takes a moment has come.
import { drawId, drawToken, hashOf } from '../../src/admin/credentials.ts';
import { SCOPES } from '../../src/admin/route.ts';
import type { AccountQuotas, Role } from '../../src/storage/records.ts';
import { keepSecret } from './secrets.ts';
import type { TestServer } from './server.ts';

export const PASSWORD = keepSecret('correct horse battery');
// Cheap on purpose; making a real hash would be most of the time.
const HASH = Bun.password.hash(PASSWORD, { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 });
const NO_QUOTAS: AccountQuotas = { connections: 0, broadcastsPerMonth: 0 };

export type Plain = Readonly<Record<string, unknown>>;

export interface ApiAnswer {
  readonly status: number;
  /** The members of the answer; none when it was empty. */
  readonly body: Plain;
  readonly headers: Headers;
}

export interface KeyPair {
  readonly key: string;
  readonly secret: string;
}

export interface MadeApp extends KeyPair {
  readonly id: string;
}

/** Somebody who asks the admin API with the given headers: a token, or a cookie and what goes with it. */
export class ApiClient {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.url = url;
    this.#headers = headers;
  }

  static withToken(url: string, token: string): ApiClient {
    return new ApiClient(url, { authorization: `Bearer ${token}` });
  }

  async ask(method: string, path: string, body?: Plain, more: Record<string, string> = {}): Promise<ApiAnswer> {
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...this.#headers, ...content, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Plain), headers: response.headers };
  }

  /** The answer of a request that must be granted. */
  async done<Body = Plain>(method: string, path: string, body?: Plain, more?: Record<string, string>): Promise<Body> {
    const answer = await this.ask(method, path, body, more);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    // What the routes answer is compared with their schemas elsewhere.
    return answer.body as Body;
  }

  /** Changes the version that it has just read. */
  async change(path: string, body: Plain): Promise<Plain> {
    const { headers } = await this.ask('GET', path);
    return await this.done('PATCH', path, body, { 'if-match': headers.get('etag') ?? '' });
  }

  async items(path: string): Promise<readonly Plain[]> {
    return (await this.done<{ readonly items: readonly Plain[] }>('GET', path)).items;
  }

  async createApp(name: string, settings: Plain = {}): Promise<MadeApp> {
    const body = { name, ...settings };
    const { app, keyPair } = await this.done<{ app: { id: string }; keyPair: KeyPair }>('POST', '/apps', body);
    keepSecret(keyPair.secret);
    return { id: app.id, ...keyPair };
  }

  /** @returns the id of the endpoint. */
  async createWebhook(app: string, url: string, settings: Plain = {}): Promise<string> {
    return String((await this.done('POST', `/apps/${app}/webhooks`, { url, ...settings }))['id']);
  }
}

export interface Person extends ApiClient {
  readonly account: string;
  readonly token: string;
}

/** Somebody with an account and a token for all that it may. */
export async function personOn(
  { store, url }: Pick<TestServer, 'store' | 'url'>,
  email = 'ann@example.com',
  role: Role = 'admin',
  quotas = NO_QUOTAS,
): Promise<Person> {
  const nowMs = Date.now();
  const fields = { id: drawId(), email, passwordHash: await HASH, role, enabled: true, quotas };
  const account = await store.accounts.create(fields, nowMs);
  if (account === 'taken') throw new Error(`${email} is taken`);
  const token = keepSecret(drawToken());
  await store.tokens.create({
    id: drawId(),
    hash: hashOf(token),
    accountId: account.id,
    name: 'test',
    scopes: SCOPES,
    createdAtMs: nowMs,
    expiresAtMs: null,
    lastUsedAtMs: null,
  });
  return Object.assign(ApiClient.withToken(url, token), { account: account.id, token });
}

/** Where a client of the app connects. */
export function socketUrl(url: string, key: string): string {
  return `${url.replace(/^http/, 'ws')}/app/${key}?protocol=7&client=test&version=1.0`;
}

const PATIENCE_MS = 15_000;
const LOOK_AGAIN_MS = 20;

/** Looks again and again until it holds; what was seen last is told when it never does. */
export async function eventually<Value>(
  look: () => Value | Promise<Value>,
  holds: (value: Value) => boolean,
): Promise<Value> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() >= deadlineMs) throw new Error(`It never came true; last seen: ${JSON.stringify(value)}`);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
