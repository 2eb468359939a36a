// The documentation at /docs.
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeInBrowser, screenshot, TEST_MS } from './stage.ts';

const ROOT = join(import.meta.dir, '..', '..');

describeInBrowser('the documentation', (open) => {
  test(
    'is read, searched, and copied as a prompt',
    async () => {
      await using stage = await open();
      const page = await stage.open(null, '../docs/');
      await page.getByRole('heading', { name: 'Documentation' }).waitFor();
      await screenshot(page, 'docs');
      await page.getByLabel('Search the documentation').fill('presence');
      await page.locator('#found a').first().waitFor();
      await page.locator('#found a').first().click();
      await page.locator('article').waitFor();
      expect(new URL(page.url()).pathname).toStartWith('/docs/');
      await page.goto(new URL('../docs/protocol', stage.url).href);
      await screenshot(page, 'docs-page');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Copy as a prompt' }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      const prompt = await page.evaluate('navigator.clipboard.readText()');
      expect(prompt).toContain(readFileSync(join(ROOT, 'docs', 'protocol.md'), 'utf8'));
    },
    TEST_MS,
  );

  test(
    'is there as markdown under the same addresses, and its links lead to pages',
    async () => {
      await using stage = await open();
      const docs = new URL('../docs/', stage.url);
      for (const name of ['protocol', 'http-api', 'decisions/0001-bun']) {
        const markdown = await fetch(new URL(`${name}.md`, docs));
        expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
        expect(await markdown.text()).toBe(readFileSync(join(ROOT, 'docs', `${name}.md`), 'utf8'));
      }
      const seen = new Set<string>();
      const waiting = [docs.href];
      for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
        if (seen.has(address)) continue;
        seen.add(address);
        const response = await fetch(address);
        expect([address, response.status]).toEqual([address, 200]);
        if (!response.headers.get('content-type')?.startsWith('text/html')) continue;
        for (const [, href = ''] of (await response.text()).matchAll(/<a [^>]*href="([^"]+)"/g)) {
          const target = new URL(href, address);
          target.hash = '';
          if (target.href.startsWith(docs.href)) waiting.push(target.href);
        }
      }
      expect(seen.size).toBeGreaterThan(10);
    },
    TEST_MS,
  );
});
