import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readyMadeApp } from './ready-made-app.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vask-ready-made-'));
});
afterEach(() => rm(root, { recursive: true }));

test('the first start makes an app, the next one finds it again', async () => {
  const directory = join(root, 'a', 'b');
  const first = await readyMadeApp(directory);
  expect(first).toMatchObject({
    isNew: true,
    path: join(directory, 'app.json'),
    settings: { name: 'Ready-made app', clientEvents: true, subscriptionCount: true, enabled: true },
  });
  if ('faults' in first) throw new Error(first.faults.join());
  expect(first.settings.id).toMatch(/^\d{6}$/);
  expect(first.settings.keys[0]?.key).toMatch(/^vask-[0-9a-f]{20}$/);
  expect(first.settings.keys[0]?.secret).toMatch(/^[0-9a-f]{32,}$/);
  expect(Object.isFrozen(first.settings.keys[0])).toBe(true);
  expect(await readyMadeApp(directory)).toEqual({ ...first, isNew: false });
});

test('only the owner may read it, and nothing is left beside it', async () => {
  await readyMadeApp(root);
  expect((await stat(join(root, 'app.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(root)).toEqual(['app.json']);
});

test('two directories get two apps', async () => {
  const [one, other] = await Promise.all([readyMadeApp(join(root, '1')), readyMadeApp(join(root, '2'))]);
  if ('faults' in one || 'faults' in other) throw new Error('no app');
  expect(one.settings.keys).not.toEqual(other.settings.keys);
});

test('a damaged file is told, and left as it is', async () => {
  const path = join(root, 'app.json');
  for (const damaged of ['', '{', '[]', '{"id":"1","key":"k"}', '{"id":"1","key":"k","secret":"hush hush"}']) {
    await writeFile(path, damaged);
    const result = await readyMadeApp(root);
    if (!('faults' in result)) throw new Error('taken for an app');
    for (const fault of result.faults) {
      expect(fault).toStartWith(path);
      expect(fault).toEndWith('repair the file, or remove it to have a new app made');
      expect(fault).not.toContain('hush');
    }
    expect(await readFile(path, 'utf8')).toBe(damaged);
  }
});

test('a place that is no directory is a fault', async () => {
  await writeFile(join(root, 'file'), '');
  const result = await readyMadeApp(join(root, 'file'));
  expect('faults' in result && result.faults[0]).toContain('dataDirectory');
});
