// A headless Chromium for the tests that need a real browser.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const LAUNCH_TIMEOUT_MS = 30_000;

/**
 * Tests run as root and in containers, where Chromium's own sandbox cannot; they load only their own pages. The rest
 * keeps it from speaking to anybody else.
 */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is; null means that tests in a browser are to be skipped, and `npm test` has said why. */
export function chromiumPath(): string | null {
  const given = process.env['CHROMIUM'];
  if (given) return existsSync(given) ? given : null;
  for (const name of NAMES) {
    const path = Bun.which(name);
    if (path !== null) return path;
  }
  return null;
}

/** A browser with a profile of its own that is thrown away on close(). */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('There is no Chromium here; see scripts/tools.ts for how to get one.');
  return await chromium.launch({ executablePath, headless: true, args: FLAGS, timeout: LAUNCH_TIMEOUT_MS });
}
