// How every page looks: what axe finds, light and dark, on a narrow and on a wide screen, by keyboard.
import { expect, test } from 'bun:test';
import type { AxeResults } from 'axe-core';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { backendOf } from '../wire/sdk-support/stage.ts';
import { describeInBrowser, type Stage, screenshot, TEST_MS } from './stage.ts';

const APP_PAGES = [
  ...['overview', 'connect', 'console', 'events', 'channels', 'users', 'tester', 'webhooks', 'keys', 'settings'],
  ...['members', 'changes'],
];
const SERVER_PAGES = ['apps', 'account', 'accounts', 'audit', 'nodes', 'no-such-page'];

const LOOKS = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
  ['wide', { viewport: { width: 2_560, height: 1_440 }, colorScheme: 'dark' }],
] as const;

describeInBrowser('every page', (open) => {
  for (const [look, options] of LOOKS) {
    test(
      `is accessible and fits, ${look}`,
      async () => {
        await using stage = await open();
        const paths = await furnish(stage);
        const page = await stage.open(await stage.account('ann@example.com'), '', options);
        const faults: string[] = [];
        for (const path of paths) {
          await page.goto(`${stage.url}${path}`);
          await settled(page);
          await screenshot(page, `${look} ${path.replaceAll('/', ' ')}`);
          faults.push(...(await axeFinds(page)).map((fault) => `${path} ${fault}`));
          const overflow = await overflowOf(page);
          if (overflow !== 0) faults.push(`${path} is ${overflow} pixels too wide`);
        }
        expect(faults).toEqual([]);
      },
      TEST_MS * 2,
    );
  }
});

/** Something to see on each page. @returns the paths of all of them. */
async function furnish(stage: Stage): Promise<readonly string[]> {
  const { app } = stage.vask;
  const owner = await stage.account('owner@example.com', 'member');
  const shop = await stage.app(owner, 'Shop', '2001');
  const client = await stage.client({ id: 'ann', info: { name: 'Ann Example' }, watchlist: ['bob', 'carol'] });
  await client.signIn();
  await client.subscribe('presence-room');
  await client.subscribe('private-orders-of-a-customer-with-a-rather-long-name');
  await client.subscribe('cache-news');
  await backendOf(stage.vask).trigger('cache-news', 'headline', { text: 'remembered' });
  return [
    ...SERVER_PAGES,
    ...APP_PAGES.map((name) => `apps/${app.id}/${name}`),
    `apps/${app.id}/channels/presence-room`,
    `apps/${app.id}/channels/cache-news`,
    ...['keys', 'settings', 'members'].map((name) => `apps/${shop.id}/${name}`),
  ];
}

async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  await expectNone(page.locator('.skeleton'));
}

/** Each of them has gone, the ones that come meanwhile as well. */
async function expectNone(elements: Locator): Promise<void> {
  while ((await elements.count()) > 0) await elements.first().waitFor({ state: 'detached' });
}

async function axeFinds(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** By how many pixels the page is wider than the window. */
async function overflowOf(page: Page): Promise<unknown> {
  return await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

describeInBrowser('the frame', (open) => {
  test(
    'has a drawer on a narrow screen, and is reached by keyboard',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), 'apps', {
        viewport: { width: 360, height: 740 },
      });
      await page.locator('h1').waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip to the content');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Navigation' }).waitFor();
      await screenshot(page, 'narrow drawer');
      await page.getByRole('dialog').getByRole('link', { name: 'Nodes' }).click();
      await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
      expect(await page.getByRole('dialog').count()).toBe(0);
    },
    TEST_MS,
  );

  test(
    'keeps the colours that were chosen',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), 'apps', { colorScheme: 'light' });
      const colour = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
      const light = await colour();
      await page.getByRole('button', { name: /Change to light/ }).click();
      await page.getByRole('button', { name: /Change to dark/ }).click();
      const dark = await colour();
      expect(dark).not.toBe(light);
      await page.reload();
      await page.getByRole('button', { name: /Colours: dark/ }).waitFor();
      expect(await colour()).toBe(dark);
      await page.getByRole('button', { name: /Change to as the browser prefers/ }).click();
      expect(await colour()).toBe(light);
    },
    TEST_MS,
  );
});
