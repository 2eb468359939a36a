// The chat of examples/chat as its visitors see it: real pages, the example's backend, a real Vask.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBackend } from '../../../examples/chat/backend.ts';
import { chromiumPath, openBrowser } from '../../support/chromium.ts';
import { startVask, type TestServer } from '../../support/server.ts';

/** Long enough for a busy machine and for the pauses between two attempts to reconnect. */
const WAIT_MS = 30_000;
const TEST_MS = 60_000;

const APP = { clientEvents: true };

describe.skipIf(chromiumPath() === null)('the chat example', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  }, WAIT_MS);

  afterAll(async () => {
    await browser.close();
  });

  test(
    'shows who is here, several tabs of one visitor as one',
    async () => {
      await using room = await openRoom(browser);
      const alice = await room.enter('Alice');
      await peopleAre(alice, ['Alice (you)']);

      const bob = await room.enter('Bob');
      await peopleAre(alice, ['Alice (you)', 'Bob']);
      await peopleAre(bob, ['Alice', 'Bob (you)']);

      const bobsSecondTab = await room.anotherTab(bob);
      await peopleAre(bobsSecondTab, ['Alice', 'Bob (you)']);
      const carol = await room.enter('Carol');
      await peopleAre(alice, ['Alice (you)', 'Bob', 'Carol']);

      await bobsSecondTab.close();
      await carol.locator('#leave').click();
      await carol.locator('#name').waitFor();
      await peopleAre(alice, ['Alice (you)', 'Bob']);
      await bob.context().close();
      await peopleAre(alice, ['Alice (you)']);
    },
    TEST_MS,
  );

  test(
    'brings each message to each page once, and the last one to newcomers',
    async () => {
      await using room = await openRoom(browser);
      const alice = await room.enter('Alice');
      const bob = await room.enter('Bob');
      const bobsSecondTab = await room.anotherTab(bob);
      await say(alice, 'first');
      await messageAt(bob, 'first');
      await say(bob, '<b>second</b>');
      for (const page of [alice, bob, bobsSecondTab]) {
        await messageAt(page, '<b>second</b>');
        expect(await textsOn(page)).toEqual(['first', '<b>second</b>']);
      }
      const carol = await room.enter('Carol');
      await messageAt(carol, '<b>second</b>');
      expect(await textsOn(carol)).toEqual(['<b>second</b>']);
    },
    TEST_MS,
  );

  test(
    'tells the others who is typing, until the message is there',
    async () => {
      await using room = await openRoom(browser);
      const alice = await room.enter('Alice');
      const bob = await room.enter('Bob');
      await peopleAre(bob, ['Alice', 'Bob (you)']);
      await bob.locator('#text').pressSequentially('hel');
      await alice.getByText('Bob is typing …').waitFor();
      await say(bob, 'hello');
      await messageAt(alice, 'hello');
      expect(await alice.locator('#typing').textContent()).toBe('');
      expect(await bob.locator('#typing').textContent()).toBe('');
    },
    TEST_MS,
  );

  test(
    'brings a direct message to all tabs of the two it concerns, and to nobody else',
    async () => {
      await using room = await openRoom(browser);
      const alice = await room.enter('Alice');
      const bob = await room.enter('Bob');
      const bobsSecondTab = await room.anotherTab(bob);
      const carol = await room.enter('Carol');
      await alice.locator('#people').getByRole('button', { name: 'Bob' }).click();
      await say(alice, 'psst');
      for (const page of [alice, bob, bobsSecondTab]) await messageAt(page, 'psst');
      await alice.locator('#to-everybody').click();
      await say(alice, 'to all');
      await messageAt(carol, 'to all');
      expect(await textsOn(carol)).toEqual(['to all']);
      expect(await textsOn(alice)).toEqual(['psst', 'to all']);
    },
    TEST_MS,
  );

  test(
    'goes on by itself after a restart of Vask',
    async () => {
      await using room = await openRoom(browser);
      const alice = await room.enter('Alice');
      const bob = await room.enter('Bob');
      await say(alice, 'before');
      await messageAt(bob, 'before');

      await room.stopVask();
      await alice.locator('#state:not([data-state=connected])').waitFor();
      await say(alice, 'meanwhile');
      await alice.getByText('It could not be sent').waitFor();
      await room.startVask();
      for (const page of [alice, bob]) {
        await page.locator('#state[data-state=connected]').waitFor();
        await peopleAre(page, page === alice ? ['Alice (you)', 'Bob'] : ['Alice', 'Bob (you)']);
      }
      await alice.locator('#composer [type=submit]').click();
      await messageAt(bob, 'meanwhile');
      await bob.locator('#people').getByRole('button', { name: 'Alice' }).click();
      await say(bob, 'psst');
      await messageAt(alice, 'psst');
      expect(await textsOn(alice)).toEqual(['before', 'meanwhile', 'psst']);
      expect(await textsOn(bob)).toEqual(['before', 'meanwhile', 'psst']);
    },
    TEST_MS,
  );
});

interface Room extends AsyncDisposable {
  /** A visitor with a browser profile of their own, signed in and connected. */
  enter(name: string): Promise<Page>;
  /** Another tab in the profile of the page. */
  anotherTab(page: Page): Promise<Page>;
  stopVask(): Promise<void>;
  /** On the port it had. */
  startVask(): Promise<void>;
}

async function openRoom(browser: Browser): Promise<Room> {
  let vask: TestServer = await startVask({ app: APP, lingerMs: 500 });
  const { port } = vask;
  const backend = startBackend({ hostname: '127.0.0.1', port: 0, vask: { ...vask.app, port } });
  const profiles = new Set<BrowserContext>();
  const open = async (page: Page): Promise<Page> => {
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(backend.url.href);
    return page;
  };
  const isReady = async (page: Page): Promise<Page> => {
    await page.locator('#state[data-state=connected]').waitFor();
    await page.locator('#people').getByText('(you)').waitFor();
    return page;
  };
  return {
    async enter(name) {
      const profile = await browser.newContext();
      profiles.add(profile);
      const page = await open(await profile.newPage());
      await page.locator('#name').fill(name);
      await page.getByRole('button', { name: 'Join' }).click();
      return await isReady(page);
    },
    anotherTab: async (page) => await isReady(await open(await page.context().newPage())),
    stopVask: () => vask.stop(),
    async startVask() {
      vask = await startVask({ app: APP, port, lingerMs: 500 });
    },
    async [Symbol.asyncDispose]() {
      for (const profile of profiles) await profile.close();
      await backend.stop(true);
      await vask.stop();
    },
  };
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator('#text').fill(text);
  await page.locator('#composer [type=submit]').click();
}

async function messageAt(page: Page, text: string): Promise<void> {
  await page.locator('#messages .text').getByText(text, { exact: true }).waitFor();
}

const textsOn = (page: Page): Promise<string[]> => page.locator('#messages .text').allTextContents();

/** Waits for the list to show just these, in this order. */
async function peopleAre(page: Page, names: readonly string[]): Promise<void> {
  const rows = page.locator('#people .name');
  await page.locator('#count', { hasText: new RegExp(`^${names.length}$`) }).waitFor();
  for (const [index, name] of names.entries()) {
    const hasText = new RegExp(`^${RegExp.escape(name)}$`);
    await rows.nth(index).and(page.locator('.name', { hasText })).waitFor();
  }
}
