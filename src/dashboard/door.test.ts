import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { dashboardDoor } from './door.ts';

const directory = mkdtempSync(join(tmpdir(), 'vask-dashboard-'));
const SCRIPT = 'console.log(1);';
mkdirSync(join(directory, 'built-one', 'assets'), { recursive: true });
mkdirSync(join(directory, 'built-one', 'docs'));
for (const [path, content] of [
  ['index.html', '<!doctype html><html><head><title>Vask</title></head></html>'],
  ['assets/index-1.js', SCRIPT],
  ['assets/index-1.js.br', brotliCompressSync(SCRIPT)],
  ['assets/index-1.js.gz', gzipSync(SCRIPT)],
  ['docs/index.html', 'all'],
  ['docs/protocol.html', 'page'],
  ['docs/protocol.md', '# page'],
  ['built', ''],
] as const) {
  writeFileSync(join(directory, 'built-one', path), content);
}
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const door = dashboardDoor(join(directory, 'built-one'));

function ask(path: string, headers: Record<string, string> = {}, method = 'GET', of = door): Response | null {
  return of(new Request(`http://localhost${path}`, { method, headers }), { path, fullPath: path, query: '' });
}

test('paths of others are left to them', () => {
  for (const path of ['/', '/apps/1/events', '/app/key', '/dashboards', '/documents', '/api/v1/apps']) {
    expect([path, ask(path)]).toEqual([path, null]);
  }
});

test('every page is the same one, with the way back to the dashboard', async () => {
  for (const [path, base] of [
    ['/dashboard/', './'],
    ['/dashboard/apps', './'],
    ['/dashboard/apps/1/channels/private-a.b', '../../../'],
  ] as const) {
    const response = ask(path);
    expect(response?.headers.get('cache-control')).toBe('no-cache');
    expect(await response?.text()).toContain(`<base href="${base}">`);
  }
  expect(ask('/dashboard')?.headers.get('location')).toBe('dashboard/');
  expect(ask('/docs')?.headers.get('location')).toBe('docs/');
});

test('files are kept for ever, and come compressed as the browser takes them', () => {
  const encodings = ['gzip, deflate, br', 'gzip', 'br;q=0, gzip', '', 'identity'].map((accepted) => {
    const response = ask('/dashboard/assets/index-1.js', { 'accept-encoding': accepted });
    expect(response?.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response?.headers.get('vary')).toBe('accept-encoding');
    return response?.headers.get('content-encoding');
  });
  expect(encodings).toEqual(['br', 'gzip', 'gzip', null, null]);
  expect(ask('/dashboard/assets/index-2.js')?.status).toBe(404);
  expect(ask('/dashboard/assets/../built')?.status).toBe(404);
});

test('a policy keeps scripts, styles and connections to this origin, but for the page that tries out others', () => {
  const policyOf = (path: string): string => ask(path)?.headers.get('content-security-policy') ?? '';
  for (const path of ['/dashboard/', '/dashboard/apps/1/console', '/docs/', '/dashboard/assets/index-1.js']) {
    expect(policyOf(path)).toContain("default-src 'self'; connect-src 'self'; object-src 'none'");
    expect(policyOf(path)).not.toMatch(/unsafe|ws:|\*/);
  }
  expect(policyOf('/dashboard/apps/1/tester')).toContain("connect-src 'self' ws: wss:;");
  expect(policyOf('/dashboard/apps/1/tester/x')).not.toContain('ws:');
  expect(ask('/dashboard/')?.headers.get('x-frame-options')).toBe('DENY');
});

test('documents are pages, and markdown under the same address and .md', async () => {
  expect(await ask('/docs/')?.text()).toBe('all');
  expect(await ask('/docs/protocol')?.text()).toBe('page');
  expect(await ask('/docs/protocol.md')?.text()).toBe('# page');
  expect(ask('/docs/nothing')?.status).toBe(404);
});

test('only what reads is answered', async () => {
  expect(ask('/dashboard/', {}, 'POST')?.status).toBe(405);
  const head = ask('/dashboard/assets/index-1.js', {}, 'HEAD');
  expect([head?.status, await head?.text()]).toEqual([200, '']);
});

test('what has not been built is answered with advice, until it has been', () => {
  const later = join(directory, 'built-later');
  const waiting = dashboardDoor(later);
  expect(ask('/dashboard/', {}, 'GET', waiting)?.status).toBe(404);
  mkdirSync(later);
  writeFileSync(join(later, 'index.html'), '<head></head>');
  expect(ask('/dashboard/', {}, 'GET', waiting)?.status).toBe(404);
  writeFileSync(join(later, 'built'), '');
  expect(ask('/dashboard/', {}, 'GET', waiting)?.status).toBe(200);
});
