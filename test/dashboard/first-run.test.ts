// From the first start to the first event, as a newcomer sees it.
import { expect, test } from 'bun:test';
import { setupToken } from '../../src/admin/setup.ts';
import { systemClock } from '../../src/system/clock.ts';
import { PASSWORD } from '../support/managed.ts';
import { backendOf } from '../wire/sdk-support/stage.ts';
import { describeInBrowser, screenshot, TEST_MS } from './stage.ts';

describeInBrowser('the first run', (open) => {
  test(
    'the one-time link makes the first admin, and lights turn green with the first client and the first event',
    async () => {
      await using stage = await open();
      const page = await stage.open(null, `setup#${await setupToken(stage.vask.store, systemClock)}`);
      await page.getByLabel('E-mail').fill('me@example.com');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Make the account' }).click();
      await page.getByRole('heading', { name: 'Connect', exact: true }).waitFor();
      await page.getByText('Waiting for a client to connect').waitFor();
      const snippet = page.locator('pre').first();
      expect(await snippet.textContent()).toContain(`new Pusher('${stage.vask.app.key}'`);
      expect(await snippet.textContent()).toContain(`wsPort: ${stage.vask.port}`);

      const client = await stage.client();
      await page.getByText('A client is connected').waitFor();
      await client.subscribe('my-channel');
      await backendOf(stage.vask).trigger('my-channel', 'my-event', { hello: 'world' });
      await page.getByText('An event was published').waitFor();
      await screenshot(page, 'connect');

      await page.getByRole('link', { name: 'See it in the debug console' }).click();
      await page.getByRole('heading', { name: 'Debug console' }).waitFor();
      await page.locator('[data-feed=live]').waitFor();
      await backendOf(stage.vask).trigger('my-channel', 'my-event', { hello: 'again' });
      await page.locator('.entry', { hasText: 'my-event' }).first().waitFor();
      expect(await page.evaluate('document.cookie')).toBe('');
    },
    TEST_MS,
  );

  test(
    'snippets of every language have the key, and the secret only when somebody asked to see it',
    async () => {
      await using stage = await open();
      const { app, store } = stage.vask;
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${app.id}/connect`);
      const tabs = page.getByRole('tab');
      await tabs.first().waitFor();
      const names = await tabs.allTextContents();
      expect(names).toEqual([
        ...['pusher-js', 'Laravel', 'Node.js', 'PHP', 'Python', 'Ruby', 'Go', 'Rails', 'Django', 'Next.js'],
        ...['Swift', 'Java / Android', '.NET', 'Command line'],
      ]);
      for (const name of names) {
        await page.getByRole('tab', { name, exact: true }).click();
        const text = (await page.getByRole('tabpanel').locator('pre').allTextContents()).join('\n');
        expect([name, text.includes(app.key), text.includes(app.secret)]).toEqual([name, true, false]);
      }
      await page.getByRole('button', { name: 'Show, and put it into the snippets' }).click();
      await page.getByText(app.secret).first().waitFor();
      await page.getByRole('tab', { name: 'Laravel' }).click();
      expect(await page.locator('pre').first().textContent()).toContain(`PUSHER_APP_SECRET=${app.secret}`);
      const [entry] = await store.audit.list({ limit: 1, after: undefined });
      expect(entry).toMatchObject({ action: 'key.revealed', subject: `app:${app.id}` });
    },
    TEST_MS,
  );

  test(
    'who is not logged in logs in, sees the page that was asked for, and logs out',
    async () => {
      await using stage = await open();
      await stage.account('ann@example.com');
      const page = await stage.open(null, 'nodes');
      await page.getByLabel('E-mail').fill('ann@example.com');
      await page.getByLabel('Password').fill('not the password');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByText('E-mail or password is wrong').waitFor();
      await screenshot(page, 'log-in');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
    },
    TEST_MS,
  );
});

describeInBrowser('the pages without the dashboard', (open) => {
  test(
    'the printed link leads to the dashboard where there is one',
    async () => {
      await using stage = await open();
      const page = await stage.open(null, `../setup#${await setupToken(stage.vask.store, systemClock)}`);
      await screenshot(page, 'setup');
      await page.getByLabel('E-mail').fill('me@example.com');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Make the account' }).click();
      await page.getByText('Waiting for a client to connect').waitFor();
      expect(new URL(page.url()).pathname).toBe(`/dashboard/apps/${stage.vask.app.id}/connect`);
    },
    TEST_MS,
  );
});
