// The event creator, channels, users and the WebSocket tester.
import { expect, test } from 'bun:test';
import { backendOf } from '../wire/sdk-support/stage.ts';
import { confirm, describeInBrowser, row, screenshot, TEST_MS } from './stage.ts';

describeInBrowser('the event creator', (open) => {
  test(
    'checks the data, publishes to all but one socket, and keeps what was sent',
    async () => {
      await using stage = await open();
      const [heard, excluded] = [await stage.client(), await stage.client()];
      const channels = [await heard.subscribe('news'), await excluded.subscribe('news')] as const;
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${stage.vask.app.id}/events`);
      await page.getByLabel('Channels', { exact: true }).fill('news');
      await page.getByLabel('Except the socket').fill(excluded.socketId);
      await page.getByLabel('Event', { exact: true }).fill('my-event');
      await page.getByLabel('Data').fill('{"hello": }');
      await page.getByText('Not JSON').waitFor();
      expect(await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).toBe(true);
      await page.getByLabel('Data').fill('{"hello":"world"}');
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await page.locator('.notice', { hasText: 'news: 2 subscribers' }).waitFor();
      expect(await channels[0].next()).toEqual({ event: 'my-event', data: { hello: 'world' } });
      await screenshot(page, 'events');

      await page.getByLabel('Event', { exact: true }).fill('another');
      await page.getByRole('button', { name: /my-event → news/ }).click();
      expect(await page.getByLabel('Event', { exact: true }).inputValue()).toBe('my-event');
      await page.getByLabel('Except the socket').fill('');
      await page.getByLabel('Event', { exact: true }).fill('to-both');
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      // The first one has not come to whom it was kept from.
      expect(await channels[1].next()).toMatchObject({ event: 'to-both' });
      await page.getByRole('button', { name: /to-both → news/ }).waitFor();
      await page.reload();
      await page.getByRole('button', { name: /to-both → news/ }).waitFor();
    },
    TEST_MS,
  );

  test(
    'tells by name what is wrong',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${stage.vask.app.id}/events`);
      await page.getByLabel('Channels', { exact: true }).fill('not a channel!');
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await page.locator('.notice.bad').waitFor();
      expect(await page.locator('.notice.bad').textContent()).toContain('channels');
    },
    TEST_MS,
  );
});

describeInBrowser('channels and users', (open) => {
  test(
    'are listed with counts, members and what is remembered',
    async () => {
      await using stage = await open();
      const { app } = stage.vask;
      const client = await stage.client({ id: 'ann', info: { name: 'Ann' } });
      await client.subscribe('presence-room');
      await client.subscribe('cache-news');
      await client.subscribe('a=b@c,d.e;f');
      await backendOf(stage.vask).trigger('cache-news', 'headline', { text: 'remembered' });
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${app.id}/channels`);
      await row(page, 'cache-news').waitFor();
      await page.getByLabel('Begins with').fill('presence-');
      await row(page, 'cache-news').waitFor({ state: 'detached' });
      await screenshot(page, 'channels');
      await page.getByRole('link', { name: 'presence-room' }).click();
      await row(page, 'Ann').waitFor();
      await screenshot(page, 'channel');
      await page.getByRole('link', { name: 'All channels' }).click();
      await page.getByRole('link', { name: 'a=b@c,d.e;f' }).click();
      await page.getByRole('heading', { name: 'a=b@c,d.e;f' }).waitFor();
      await page.getByText('Occupied').waitFor();
      await page.goto(`${stage.url}apps/${app.id}/channels/cache-news`);
      await page.getByText('"text": "remembered"').waitFor();
    },
    TEST_MS,
  );

  test(
    'a signed-in user is shown with connections and watchlist, and is terminated',
    async () => {
      await using stage = await open();
      const client = await stage.client({ id: 'ann', watchlist: ['bob'] });
      await client.signIn();
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${stage.vask.app.id}/users`);
      const user = row(page, client.socketId);
      await user.getByText('bob').waitFor();
      await screenshot(page, 'users');
      await user.getByRole('button', { name: 'Terminate' }).click();
      const { socketId } = client;
      await confirm(page, 'Terminate');
      await row(page, socketId).waitFor({ state: 'detached' });
    },
    TEST_MS,
  );
});

describeInBrowser('the WebSocket tester', (open) => {
  test(
    'shows raw frames, and has subscriptions signed',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${stage.vask.app.id}/tester`);
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.getByText('pusher:connection_established').waitFor();
      await page.getByLabel('Channel').fill('presence-room');
      await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
      await page.locator('.frame', { hasText: 'pusher_internal:subscription_succeeded' }).waitFor();
      await page.getByRole('tab', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('pusher:signin_success').waitFor();
      await page.getByRole('button', { name: 'Ping' }).click();
      await page.getByText('pusher:pong').waitFor();
      await screenshot(page, 'tester');
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await page.getByText('Closed by this page').waitFor();
    },
    TEST_MS,
  );

  test(
    'is the only page that may connect to other hosts',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${stage.vask.app.id}/overview`);
      await page.getByRole('heading', { name: 'Test' }).waitFor();
      const policyOf = async (path: string) =>
        (await fetch(`${stage.url}apps/${stage.vask.app.id}/${path}`)).headers.get('content-security-policy') ?? '';
      expect(await policyOf('overview')).toContain("connect-src 'self';");
      expect(await policyOf('tester')).toContain("connect-src 'self' ws: wss:;");
      const loaded = page.waitForEvent('load');
      await page.getByRole('link', { name: 'WebSocket tester' }).click();
      await loaded;
      await page.getByLabel('Host').fill('127.0.0.1');
      await page.getByLabel('Port').fill(String(stage.vask.port));
      await page.getByLabel('Key').fill('nobody-has-this-key');
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.getByText(/Closed with 4001/).waitFor();
    },
    TEST_MS,
  );
});
