// The list of apps, and an app's figures.
import { expect, test } from 'bun:test';
import { backendOf } from '../wire/sdk-support/stage.ts';
import { confirm, describeInBrowser, row, screenshot, TEST_MS, toast } from './stage.ts';

describeInBrowser('the list of apps', (open) => {
  test(
    'makes an app, shows its secret once, and finds it again',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      const page = await stage.open(ann, 'apps');
      await row(page, 'Test').getByText('Configuration').waitFor();
      await page.getByRole('button', { name: 'New app' }).click();
      await page.getByLabel('Name').fill('Shop');
      await page.getByRole('button', { name: 'Make the app' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Shop is made').waitFor();
      const secret = await dialog.locator('code').nth(2).textContent();
      expect(secret).toMatch(/^\w{40}$/);
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByLabel('Search').fill('sho');
      await row(page, 'Test').waitFor({ state: 'detached' });
      await row(page, 'Shop').waitFor();
      expect(await page.content()).not.toContain(secret);
    },
    TEST_MS,
  );

  test(
    'takes over credentials from Pusher, so that clients go on with them',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), 'apps');
      await page.getByRole('button', { name: 'New app' }).click();
      await page.getByLabel('Name').fill('Old shop');
      await page.getByText('Take over the credentials').click();
      await page.getByLabel('App id').fill('1234567');
      await page.getByLabel('Key', { exact: true }).fill('oldkey');
      await page.getByLabel('Secret').fill('oldsecret');
      await page.getByRole('button', { name: 'Make the app' }).click();
      await page.getByRole('button', { name: 'Connect a client' }).click();
      await page.getByRole('heading', { name: 'Connect', exact: true }).waitFor();
      const backend = backendOf({ ...stage.vask, app: { id: '1234567', key: 'oldkey', secret: 'oldsecret' } });
      expect((await backend.trigger('my-channel', 'my-event', {})).status).toBe(200);
    },
    TEST_MS,
  );

  test(
    'disables, enables and deletes, and asks before',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      await stage.app(ann, 'Shop', '2001');
      const page = await stage.open(ann, 'apps');
      await row(page, 'Shop').getByRole('button', { name: 'Disable' }).click();
      await confirm(page, 'Disable');
      await row(page, 'Shop').getByText('Disabled').waitFor();
      await row(page, 'Shop').getByRole('button', { name: 'Enable' }).click();
      await toast(page, 'The app is on');
      await row(page, 'Shop').getByRole('button', { name: 'Delete Shop' }).click();
      const action = page.getByRole('dialog').getByRole('button', { name: 'Delete the app' });
      expect(await action.isDisabled()).toBe(true);
      await confirm(page, 'Delete the app', 'Shop');
      await row(page, 'Shop').waitFor({ state: 'detached' });
    },
    TEST_MS,
  );
});

describeInBrowser('the overview', (open) => {
  test(
    'counts live, and shows what was kept',
    async () => {
      await using stage = await open();
      const { app } = stage.vask;
      const client = await stage.client();
      await client.subscribe('news');
      const page = await stage.open(await stage.account('ann@example.com'), `apps/${app.id}/overview`);
      await page.locator('[data-feed=live]').waitFor();
      const figure = (title: string) => page.locator('.figure', { hasText: title }).locator('.value');
      await figure('Connections').getByText('1', { exact: true }).waitFor();
      await figure('Channels').getByText('1', { exact: true }).waitFor();
      await row(page, 'news').waitFor();
      const backend = backendOf(stage.vask);
      const publishing = setIntervalUntil(() => backend.trigger('news', 'my-event', { hello: 'world' }));
      await figure('Publishes/s')
        .filter({ hasText: /^[1-9]/ })
        .waitFor();
      publishing();
      await screenshot(page, 'overview');
      for (const range of ['1 h', '24 h', '7 days', '30 days']) {
        await page.getByRole('button', { name: range, exact: true }).click();
        await page.getByRole('img', { name: /^Connections/ }).waitFor();
      }
      expect(await page.getByRole('img').count()).toBe(5);
    },
    TEST_MS,
  );
});

/** @returns what ends it. */
function setIntervalUntil(task: () => Promise<unknown>): () => void {
  let goesOn = true;
  const run = async (): Promise<void> => {
    while (goesOn) await task();
  };
  void run();
  return () => {
    goesOn = false;
  };
}
