import { expect, test } from 'bun:test';
import { chromiumPath, openBrowser } from './chromium.ts';

test.skipIf(chromiumPath() === null)('a browser opens a page of this machine and runs its scripts', async () => {
  const page = `<!doctype html><p>quiet</p><script>
    fetch('/word').then((answer) => answer.text()).then((word) => (document.querySelector('p').textContent = word));
  </script>`;
  await using server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    routes: { '/word': new Response('hello') },
    fetch: () => new Response(page, { headers: { 'content-type': 'text/html' } }),
  });
  await using browser = await openBrowser();
  const tab = await browser.newPage();
  await tab.goto(server.url.href);
  await tab.getByText('hello').waitFor();
  expect(await tab.locator('p').textContent()).toBe('hello');
});
