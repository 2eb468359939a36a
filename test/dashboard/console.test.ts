// The debug console.
import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { backendOf } from '../wire/sdk-support/stage.ts';
import { describeInBrowser, type Stage, screenshot, TEST_MS } from './stage.ts';

const entry = (page: Page, text: string) => page.locator('.entry', { hasText: text });

async function openConsole(stage: Stage): Promise<Page> {
  const page = await stage.open(await stage.account('ann@example.com'), `apps/${stage.vask.app.id}/console`);
  await page.locator('[data-feed=live]').waitFor();
  return page;
}

describeInBrowser('the debug console', (open) => {
  test(
    'shows what happens, filters it, and inspects one entry',
    async () => {
      await using stage = await open();
      const page = await openConsole(stage);
      const client = await stage.client({ id: 'ann', info: { name: 'Ann' } });
      await client.subscribe('presence-room');
      await backendOf(stage.vask).trigger('my-channel', 'my-event', { note: '<img src=x onerror=alert(1)>' });
      for (const text of ['connected', 'subscribed', 'member-added', 'published'])
        await entry(page, text).first().waitFor();

      await page.getByRole('button', { name: 'Publishes', exact: true }).click();
      await entry(page, 'member-added').first().waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Publishes', exact: true }).click();
      await page.getByLabel('Channel', { exact: true }).fill('presence-');
      await entry(page, 'published').waitFor({ state: 'detached' });
      await page.getByLabel('Channel', { exact: true }).fill('');
      await page.getByLabel('Text', { exact: true }).fill('onerror');
      await entry(page, 'published').first().click();

      const inspector = page.getByRole('complementary', { name: 'The entry' });
      await inspector.locator('.json').waitFor();
      expect(await inspector.locator('.json').textContent()).toContain('"note": "<img src=x onerror=alert(1)>"');
      expect(await page.locator('img').count()).toBe(0);
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await inspector.getByRole('button', { name: 'Copy as vask trigger' }).click();
      const command = await page.evaluate('navigator.clipboard.readText()');
      expect(command).toStartWith(`npx vask trigger ${stage.vask.app.id} my-channel my-event '{"note"`);
      await inspector.getByRole('button', { name: 'Copy as JSON' }).click();
      await page.waitForFunction(
        `navigator.clipboard.readText().then((text) => JSON.parse(text).type === 'published')`,
      );
      await screenshot(page, 'console');
      await page.keyboard.press('Escape');
      await inspector.waitFor({ state: 'detached' });
    },
    TEST_MS,
  );

  test(
    'tells why something was refused, and what to do',
    async () => {
      await using stage = await open();
      const page = await openConsole(stage);
      const client = await stage.client();
      client.pusher.send_event('pusher:subscribe', { channel: 'private-a', auth: `${stage.vask.app.key}:wrong` });
      await entry(page, 'refused').first().click();
      await page.getByRole('complementary').getByText('private-a').waitFor();
      await page.getByRole('complementary').locator('.notice').waitFor();
      await screenshot(page, 'console-refusal');
      await entry(page, 'refused').first().focus();
      await page.keyboard.press('ArrowDown');
      await page.locator('.entry[aria-current]', { hasText: 'connected' }).waitFor();
    },
    TEST_MS,
  );

  test(
    'holds back while it is paused, and says how much',
    async () => {
      await using stage = await open();
      const page = await openConsole(stage);
      await page.getByRole('button', { name: 'Pause' }).click();
      await backendOf(stage.vask).trigger('my-channel', 'while-paused', {});
      const goOn = page.getByRole('button', { name: /Resume \([1-9]\d* held back\)/ });
      await goOn.waitFor();
      expect(await entry(page, 'while-paused').count()).toBe(0);
      await goOn.click();
      await entry(page, 'while-paused').first().waitFor();
    },
    TEST_MS,
  );

  test(
    'keeps thousands of entries with few of them in the page',
    async () => {
      await using stage = await open({ app: { limits: { batchEvents: 100 } } });
      const page = await openConsole(stage);
      const backend = backendOf(stage.vask);
      const batch = Array.from({ length: 100 }, (_, at) => ({
        channel: 'many',
        name: `event-${at}`,
        data: `{"at":${at}}`,
      }));
      // What is beyond the feed's bound for a second is left out, so it is asked for until there is enough.
      let shown = 0;
      while (shown < 2_000) {
        await backend.triggerBatch(batch);
        const text = (await page.locator('.card-head h2').first().textContent()) ?? '';
        shown = Number(/^([\d,.]+)/.exec(text)?.[1]?.replace(/\D/g, ''));
      }
      expect(await page.locator('.entry').count()).toBeLessThan(80);
      const rows = page.locator('.rows');
      await rows.evaluate('(element) => element.scrollTo(0, element.scrollHeight)');
      await entry(page, 'event-').last().waitFor();
      await screenshot(page, 'console-many');
    },
    TEST_MS,
  );

  test(
    'says that it is stale when the server is gone, and goes on by itself',
    async () => {
      await using stage = await open();
      const page = await openConsole(stage);
      await page.route('**/live', (route) => route.abort());
      await page.reload();
      await page.getByText('Not live.').waitFor();
      await screenshot(page, 'console-stale');
      await page.unroute('**/live');
      await page.getByText('Not live.').waitFor({ state: 'detached' });
      await page.locator('[data-feed=live]').waitFor();
      await backendOf(stage.vask).trigger('my-channel', 'back-again', {});
      await entry(page, 'back-again').first().waitFor();
    },
    TEST_MS,
  );
});
