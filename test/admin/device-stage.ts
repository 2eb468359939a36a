// The device flow on a real store: a browser that a person uses, and a tool that asks as the Laravel package does.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawId } from '../../src/admin/credentials.ts';
import { type DeviceDoor, deviceDoor } from '../../src/admin/device-door.ts';
import { type AdminDoor, adminDoor } from '../../src/admin/door.ts';
import { EventStreams } from '../../src/admin/event-streams.ts';
import { Passwords } from '../../src/admin/passwords.ts';
import type { Site } from '../../src/admin/site.ts';
import { Turns } from '../../src/admin/turns.ts';
import { DEFAULT_APP_LIMITS } from '../../src/core/limits.ts';
import { Throttle } from '../../src/core/throttle.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { AccountRecord, Role } from '../../src/storage/records.ts';
import type { Store } from '../../src/storage/store.ts';
import { FakeClock } from '../support/clock.ts';

export const BASE = 'https://vask.example/realtime';
export const PASSWORD = 'correct horse battery';
const GENEROUS = { burst: 1_000, perMinute: 1_000, maxNames: 1_000 };
// Cheap on purpose; it is not the hash that is tested here.
const HASH = Bun.password.hash(PASSWORD, { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 });

export class DeviceStage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly refreshed: string[] = [];
  readonly store: Store;
  readonly door: DeviceDoor;
  readonly admin: AdminDoor;
  readonly #directory: string;

  constructor(store: Store, directory: string) {
    this.store = store;
    this.#directory = directory;
    const nothing = () => Promise.reject(new Error('no webhooks here'));
    const site: Site = {
      store,
      clock: this.clock,
      baseUrl: BASE,
      live: {
        apps: { byIdOrKey: () => null, all: () => [] },
        refresh: (id) => {
          this.refreshed.push(id ?? 'all');
          return Promise.resolve();
        },
      },
      passwords: new Passwords(),
      turns: new Turns(),
      streams: new EventStreams(this.clock),
      networkAttempts: new Throttle(GENEROUS),
      emailAttempts: new Throttle({ burst: 3, perMinute: 1, maxNames: 100 }),
      webhooks: { allowedHosts: [], sendTest: nothing, deliveries: nothing, deadLetters: nothing, replay: nothing },
      logger: { log: () => {} },
    };
    this.door = deviceDoor(site);
    this.admin = adminDoor(site);
  }

  async account(email: string, role: Role = 'member'): Promise<AccountRecord> {
    const quotas = { connections: 0, broadcastsPerMonth: 0 };
    const fields = { id: drawId(), email, passwordHash: await HASH, role, enabled: true, quotas };
    const account = await this.store.accounts.create(fields, this.clock.now());
    if (account === 'taken') throw new Error(`${email} is taken`);
    return account;
  }

  async app(owner: AccountRecord, id: string) {
    const fields = {
      id: id as AppId,
      ownerId: owner.id,
      name: `App ${id}`,
      enabled: true,
      allowedOrigins: [],
      clientEvents: false,
      subscriptionCount: false,
      subscriptionErrors: false,
      tlsOnly: false,
      userAuthentication: { enabled: true, required: false, timeoutSeconds: 20 },
      limits: DEFAULT_APP_LIMITS,
    };
    const app = await this.store.apps.create(fields, { key: `key-${id}`, secret: `secret-${id}` }, this.clock.now());
    if (typeof app === 'string') throw new Error(`${id} is ${app}`);
    return app;
  }

  /** @param path with its query, below the prefix. */
  request(path: string, init: RequestInit = {}, address = '192.0.2.1'): Promise<Response> {
    const url = `${BASE}${path}`;
    return this.door(new Request(url, init), parseRequestTarget(url, '/realtime'), address);
  }

  post(path: string, form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
    return this.request(path, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export async function deviceStage(): Promise<DeviceStage> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vask-device-'));
  const store = await openStore({ url: null, dataDirectory, secretKey: null });
  return new DeviceStage(store, dataDirectory);
}

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Keeps the cookie, follows redirects, and sends the forms it is shown. */
export class Browser {
  readonly #stage: DeviceStage;
  #cookie = '';

  constructor(stage: DeviceStage) {
    this.#stage = stage;
  }

  async open(path: string): Promise<Page> {
    return await this.#receive(await this.#stage.request(path, { headers: this.#headers() }));
  }

  /** Sends the form of the page with the given fields filled in. */
  async send(page: Page, fields: Readonly<Record<string, string>>, headers = this.#headers()): Promise<Page> {
    const hidden = [...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
    return await this.#receive(
      await this.#stage.post('/device', { ...Object.fromEntries(hidden), ...fields }, headers),
    );
  }

  async logIn(page: Page, email: string, password = PASSWORD): Promise<Page> {
    return await this.send(page, { action: 'login', email, password });
  }

  /** A request to the admin API from a page of the server. */
  async api(method: string, path: string): Promise<Response> {
    const ask = (how: string, where: string, headers: Readonly<Record<string, string>>) => {
      const url = `${BASE}/api/v1${where}`;
      const request = new Request(url, { method: how, headers: { ...this.#headers(), ...headers } });
      return this.#stage.admin(request, parseRequestTarget(url, '/realtime'), '192.0.2.1');
    };
    const { csrf = '' } = (await (await ask('GET', '/session', {})).json()) as { csrf?: string };
    return await ask(method, path, { 'x-csrf-token': csrf });
  }

  #headers(): Record<string, string> {
    return { 'sec-fetch-site': 'same-origin', ...(this.#cookie === '' ? {} : { cookie: this.#cookie }) };
  }

  async #receive(response: Response): Promise<Page> {
    const [cookie] = response.headers.get('set-cookie')?.split(';') ?? [];
    if (cookie !== undefined) this.#cookie = cookie;
    const location = response.headers.get('location');
    if (response.status === 303 && location !== null) return await this.open(`/${location}`);
    return { status: response.status, text: await response.text(), headers: response.headers };
  }
}

export interface Codes {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

export type Polled = Readonly<Record<string, string>>;

/** What `php artisan vask:install` does. */
export class LaravelInstaller {
  readonly #stage: DeviceStage;
  #codes: Codes | null = null;
  intervalSeconds = 0;

  constructor(stage: DeviceStage) {
    this.#stage = stage;
  }

  async begin(name = 'shop on laptop'): Promise<Codes> {
    const response = await this.#stage.post('/oauth/device/code', { client_id: 'vask-laravel', device_name: name });
    // What the door answers is what is tested here.
    this.#codes = (await response.json()) as Codes;
    this.intervalSeconds = this.#codes.interval;
    return this.#codes;
  }

  /** Waits for the interval, and asks once. */
  async poll(): Promise<Polled> {
    this.#stage.clock.advance(this.intervalSeconds * 1000);
    return await this.pollAtOnce();
  }

  async pollAtOnce(): Promise<Polled> {
    const response = await this.#stage.post('/oauth/token', {
      client_id: 'vask-laravel',
      device_code: this.#codes?.device_code ?? '',
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    });
    const answer = (await response.json()) as Polled;
    if (answer['error'] === 'slow_down') this.intervalSeconds += 5;
    return answer;
  }
}

/** A person who has logged in and sees the question. */
export async function asked(stage: DeviceStage, installer: LaravelInstaller, email: string) {
  const { user_code } = await installer.begin();
  const browser = new Browser(stage);
  const page = await browser.logIn(await browser.open(`/device?user_code=${user_code}`), email);
  return { browser, page };
}
