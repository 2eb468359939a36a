// pusher-js as npm has it for browsers, in a real one: what its builds for Node do not share with them.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { banner } from '../../../src/cli/serve-banner.ts';
import { chromiumPath, openBrowser } from '../../support/chromium.ts';
import { appSettings } from '../../support/credentials.ts';
import { startVask, type TestServer } from '../../support/server.ts';
import { addressOptions, backendOf } from '../sdk-support/stage.ts';

const ROOT = join(import.meta.dir, '..', '..', '..');
const BUILDS = ['pusher.min.js', 'pusher-with-encryption.min.js'];
const WAIT_MS = 30_000;
const TEST_MS = 60_000;

describe.skipIf(chromiumPath() === null)('pusher-js in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  }, WAIT_MS);

  afterAll(async () => {
    await browser.close();
  });

  test(
    'decrypts what the backend has encrypted',
    async () => {
      await using scene = await openScene(browser, (vask) =>
        script(vask, 'pusher-with-encryption', 'private-encrypted-a'),
      );
      await scene.subscribed();
      const logged = scene.logged();
      await scene.backend.trigger('private-encrypted-a', 'my-event', { hello: 'world' });
      expect(await logged).toEqual({ hello: 'world' });
    },
    TEST_MS,
  );

  test(
    'goes without the compression that the browser offers',
    async () => {
      await using scene = await openScene(browser, (vask) => script(vask, 'pusher', 'my-channel'));
      await scene.subscribed();
      const logged = scene.logged();
      const data = { text: 'easily compressed '.repeat(500) };
      await scene.backend.trigger('my-channel', 'my-event', data);
      expect(await logged).toEqual(data);
      expect(await scene.page.evaluate('pusher.connection.connection.transport.socket.extensions')).toBe('');
    },
    TEST_MS,
  );

  test(
    'does what `vask serve` promises with its two snippets',
    async () => {
      await using scene = await openScene(browser, ({ url }) => {
        const { inBrowser } = snippets(url);
        return inBrowser.replace(/src="[^"]+"/, 'src="pusher.min.js"');
      });
      await scene.subscribed();
      const logged = scene.logged();
      const { inBackend } = snippets(scene.vask.url);
      const child = Bun.spawn(['node', '-e', inBackend], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
      expect(await child.exited).toBe(0);
      expect(await logged).toEqual({ hello: 'world' });
    },
    TEST_MS,
  );
});

function script({ app, port }: TestServer, build: string, channel: string): string {
  const options = { ...addressOptions(port), channelAuthorization: { endpoint: '/auth', transport: 'ajax' } };
  return `<script src="${build}.min.js"></script>
    <script>
      const pusher = new Pusher('${app.key}', ${JSON.stringify(options)});
      pusher.subscribe('${channel}').bind('my-event', (data) => console.log(data));
    </script>`;
}

/** What is to be pasted, as `vask serve` prints it. */
function snippets(url: string): { inBrowser: string; inBackend: string } {
  const readyMade = { settings: appSettings(), path: 'app.json' };
  const text = banner({
    version: '1.0.0',
    urls: [url],
    pathPrefix: '',
    hasDashboard: true,
    appCount: 1,
    setupLink: null,
    readyMade,
  });
  const [, inBrowser, inBackend] = text.split(/^In the .*:$/m);
  if (inBrowser === undefined || inBackend === undefined) throw new Error(`There are no two snippets in:\n${text}`);
  return { inBrowser, inBackend };
}

interface Scene extends AsyncDisposable {
  readonly vask: TestServer;
  readonly backend: ReturnType<typeof backendOf>;
  readonly page: Page;
  /** Waits until the server has let the page into its channel. */
  subscribed(): Promise<void>;
  /** What the page logs next. */
  logged(): Promise<unknown>;
}

async function openScene(browser: Browser, content: (vask: TestServer) => string): Promise<Scene> {
  const vask = await startVask();
  const backend = backendOf(vask);
  const site = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/': () => new Response(`<!doctype html>${content(vask)}`, { headers: { 'content-type': 'text/html' } }),
      '/auth': async (request) => {
        const form = new URLSearchParams(await request.text());
        return Response.json(backend.authorizeChannel(form.get('socket_id') ?? '', form.get('channel_name') ?? ''));
      },
      ...Object.fromEntries(
        BUILDS.map((name) => [
          `/${name}`,
          () => new Response(Bun.file(join(ROOT, 'node_modules/pusher-js/dist/web', name))),
        ]),
      ),
    },
    fetch: () => new Response(null, { status: 404 }),
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const isSubscription = ({ payload }: { payload: string | Buffer }): boolean =>
    String(payload).includes('pusher_internal:subscription_succeeded');
  const subscribed = page
    .waitForEvent('websocket')
    .then((socket) => socket.waitForEvent('framereceived', { predicate: isSubscription, timeout: WAIT_MS }));
  await page.goto(site.url.href);
  return {
    vask,
    backend,
    page,
    subscribed: async () => void (await subscribed),
    async logged() {
      // The browser itself writes there too, for example that the site has no icon.
      const predicate = (message: ConsoleMessage): boolean => message.type() === 'log';
      return await (await page.waitForEvent('console', { predicate })).args()[0]?.jsonValue();
    },
    async [Symbol.asyncDispose]() {
      await page.close();
      await site.stop(true);
      await vask.stop();
    },
  };
}
