// The dashboard of a real server in a real browser, with accounts of every kind.
import { afterAll, beforeAll, describe } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { drawId, drawSecret, hashOf } from '../../src/admin/credentials.ts';
import { NEW_APP } from '../../src/admin/new-app.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import type { AccountRecord, Role } from '../../src/storage/records.ts';
import { chromiumPath, openBrowser } from '../support/chromium.ts';
import { PASSWORD } from '../support/managed.ts';
import { startVask, type TestServer, type TestServerOptions } from '../support/server.ts';
import { authorizationOptions, type Person, SdkClient, signaturesOf } from '../wire/sdk-support/client.ts';
import { addressOptions, backendOf } from '../wire/sdk-support/stage.ts';
import { SDK_8 } from '../wire/sdk-support/versions.ts';

const ROOT = join(import.meta.dir, '..', '..');
const SCREENSHOTS = join(ROOT, 'test-results', 'dashboard');
const HOUR_MS = 3_600_000;
/** Long enough for a busy machine. */
export const WAIT_MS = 20_000;
export const TEST_MS = 60_000;

// Cheap on purpose; making a real hash would be most of the time.
const HASH = Bun.password.hash(PASSWORD, { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 });

/** What an app of the database has. */
export interface StagedApp {
  readonly id: string;
  readonly key: string;
  readonly secret: string;
}

export interface Stage extends AsyncDisposable {
  readonly vask: TestServer;
  /** Of the dashboard, with a slash at its end. */
  readonly url: string;
  account(email: string, role?: Role): Promise<AccountRecord>;
  /** An app that the account owns. */
  app(owner: AccountRecord, name: string, id: string): Promise<StagedApp>;
  /** A real client of the app of the configuration, connected. */
  client(person?: Person): Promise<SdkClient>;
  /** A page of somebody who is logged in; null is nobody. @param path below the dashboard. */
  open(account: AccountRecord | null, path: string, options?: BrowserContextOptions): Promise<Page>;
}

type OpenStage = (options?: TestServerOptions) => Promise<Stage>;

/** Tests in one browser, each with a server of its own. */
export function describeInBrowser(name: string, define: (open: OpenStage) => void): void {
  describe.skipIf(chromiumPath() === null)(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      await buildDashboard();
      browser = await openBrowser();
    }, TEST_MS);
    afterAll(async () => {
      await browser.close();
    });
    define((options) => openStage(browser, options));
  });
}

/** The front end as it is in the sources now; building it again costs a second only when it has changed. */
async function buildDashboard(): Promise<void> {
  const build = Bun.spawn([process.execPath, join(ROOT, 'scripts', 'build-dashboard.ts'), '--when-stale'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if ((await build.exited) !== 0) throw new Error('The dashboard cannot be built.');
}

async function openStage(browser: Browser, options: TestServerOptions = {}): Promise<Stage> {
  const vask = await startVask({ app: { clientEvents: true }, ...options });
  const contexts: BrowserContext[] = [];
  const clients: SdkClient[] = [];
  const faults: string[] = [];
  const url = `${vask.url}/dashboard/`;
  return {
    vask,
    url,
    async account(email, role = 'admin') {
      const quotas = { connections: 0, broadcastsPerMonth: 0 };
      const fields = { id: drawId(), email, passwordHash: await HASH, role, enabled: true, quotas };
      const made = await vask.store.accounts.create(fields, Date.now());
      if (made === 'taken') throw new Error(`${email} is taken`);
      return made;
    },
    async app({ id: ownerId }, name, id) {
      const pair = { key: `key-${id}`, secret: `secret-of-${id}` };
      const made = await vask.store.apps.create({ ...NEW_APP, id: id as AppId, ownerId, name }, pair, Date.now());
      if (typeof made === 'string') throw new Error(`${id} is ${made}`);
      return { id, ...pair };
    },
    async client(person = { id: 'nobody' }) {
      const authorization = authorizationOptions(SDK_8, signaturesOf(backendOf(vask), person));
      const client = new SdkClient(new SDK_8.Pusher(vask.app.key, { ...addressOptions(vask.port), ...authorization }));
      clients.push(client);
      return await client.connected();
    },
    async open(account, path, contextOptions = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...contextOptions });
      contexts.push(context);
      if (account !== null) await context.addCookies([await cookieOf(vask, account, vask.url)]);
      const page = await context.newPage();
      page.setDefaultTimeout(WAIT_MS);
      noteFaults(page, faults);
      await page.goto(`${url}${path}`);
      return page;
    },
    async [Symbol.asyncDispose]() {
      for (const { pusher } of clients) pusher.disconnect();
      await Promise.all(contexts.map((context) => context.close()));
      await vask.stop();
      if (faults.length > 0) throw new Error(`The browser has complained: ${faults.join('; ')}`);
    },
  };
}

/** A session without the page that logs in, which has a test of its own. */
async function cookieOf({ store }: TestServer, { id }: AccountRecord, url: string) {
  const value = drawSecret();
  const nowMs = Date.now();
  const times = { createdAtMs: nowMs, expiresAtMs: nowMs + HOUR_MS };
  await store.sessions.create({ hash: hashOf(value), accountId: id, csrf: drawSecret(), ...times });
  return { name: 'vask_session', value, url };
}

/** What the policy of the page forbids, or what its script does not survive, is a fault that no test should overlook. */
function noteFaults(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => void faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security|Trusted/i.test(message.text())) faults.push(message.text());
  });
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** The row of a table that has the text. */
export function row(page: Page, text: string) {
  return page.getByRole('row').filter({ hasText: text });
}

/** Presses the button of the dialog that asks, having typed what it wants. */
export async function confirm(page: Page, action: string, typed?: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  if (typed !== undefined) await dialog.getByRole('textbox').fill(typed);
  await dialog.getByRole('button', { name: action, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Waits for the short message. */
export async function toast(page: Page, text: string): Promise<void> {
  await page.locator('.toast', { hasText: text }).first().waitFor();
}
