// What SECURITY.md names must be there.
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { SETTINGS } from '../src/config/schema.ts';
import { APP_LIMITS } from '../src/core/limits.ts';

const ROOT = join(import.meta.dir, '..');
const page = await Bun.file(join(ROOT, 'SECURITY.md')).text();
const quoted = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);

test('SECURITY.md names files and folders that there are', () => {
  const paths = quoted.filter((text) => /^(test|src|scripts|docs)\//.test(text));
  const missing = paths.filter((path) => {
    const pattern = path.endsWith('/') ? `${path}**` : path;
    return [...new Bun.Glob(pattern).scanSync({ cwd: ROOT })].length === 0;
  });
  expect(paths.length).toBeGreaterThan(5);
  expect(missing).toEqual([]);
});

test('SECURITY.md names settings and limits that there are', () => {
  const limits = quoted.filter((text) => text.startsWith('limits.')).map((text) => text.slice('limits.'.length));
  expect(limits.filter((name) => !(name in APP_LIMITS))).toEqual([]);
  const settings = quoted.filter((text) => /^[a-z]+[A-Z][A-Za-z]+$/.test(text));
  const ofApps = ['allowedOrigins', 'tlsOnly'];
  expect(settings.filter((name) => !(name in SETTINGS) && !ofApps.includes(name))).toEqual([]);
});

test('SECURITY.md names scripts that there are', async () => {
  const { scripts } = (await Bun.file(join(ROOT, 'package.json')).json()) as { scripts: Record<string, string> };
  const named = quoted.flatMap((text) => /^npm run (\w+)/.exec(text)?.[1] ?? []);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
