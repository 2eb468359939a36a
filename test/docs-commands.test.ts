// Every block of commands in the documents is run, or says in a comment before it why not: `<!-- not run: reason -->`. The
// blocks of one document are run in order, in a folder of their own, beside a server that has the app 1001.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory } from './cli/vask.ts';
import { APP_ID, KEY, SECRET } from './support/credentials.ts';
import { PROGRAM } from './support/program.ts';
import { startVask, type TestServer } from './support/server.ts';

const ROOT = join(import.meta.dir, '..');
const BLOCK_MS = 30_000;

const DOCUMENTS = ['README.md', ...new Bun.Glob('docs/**/*.md').scanSync({ cwd: ROOT })]
  .filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('```console'))
  .sort();

interface Block {
  readonly line: number;
  /** A line with a dollar sign, and the lines up to the next one. */
  readonly commands: readonly string[];
  /** Why it is not run; null when it is. */
  readonly reason: string | null;
}

const BLOCK = /(?:<!-- not run: ([^\n]+?) -->\s*\n)?```console\n(.*?)^```$/gms;

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(BLOCK)].map(({ index, 0: whole, 1: reason, 2: text = '' }) => ({
    line: markdown.slice(0, index + whole.indexOf('```console')).split('\n').length,
    commands: text.split(/^\$ /m).slice(1),
    reason: reason ?? null,
  }));
}

let server: TestServer;
beforeAll(async () => {
  server = await startVask();
});
afterAll(() => server.stop());

/** `npx vask` is this Vask, and nothing else is found by npx. */
function makeNpx(folder: string): void {
  const path = join(folder, 'npx');
  const command = PROGRAM.map((word) => `'${word}'`).join(' ');
  writeFileSync(path, `#!/bin/sh\n[ "$1" = vask ] || exit 127\nshift\nexec ${command} "$@"\n`);
  chmodSync(path, 0o755);
}

/** As the first start of a server in this folder would have made it, so that commands find its secret. */
function makeApp(folder: string): void {
  mkdirSync(join(folder, 'vask-data'));
  writeFileSync(join(folder, 'vask-data', 'app.json'), JSON.stringify({ id: APP_ID, key: KEY, secret: SECRET }));
}

async function run(commands: readonly string[], place: string, programs: string) {
  const script = `set -eu\n${commands.join('')}`.replaceAll(/\b127\.0\.0\.1:6001\b/g, `127.0.0.1:${server.port}`);
  const child = Bun.spawn(['bash', '-c', script], {
    cwd: place,
    env: { PATH: `${programs}:${process.env['PATH'] ?? ''}`, HOME: place },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: BLOCK_MS,
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { out, err, code };
}

describe.each(DOCUMENTS)('%s', (path) => {
  const blocks = blocksOf(readFileSync(join(ROOT, path), 'utf8'));
  const [place, programs] = [emptyDirectory(), emptyDirectory()];
  beforeAll(() => {
    makeNpx(programs.path);
    makeApp(place.path);
  });
  afterAll(() => {
    for (const folder of [place, programs]) folder[Symbol.dispose]();
  });

  test('has commands, and a reason where they are not run', () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const { commands, reason } of blocks) {
      expect(commands.length).toBeGreaterThan(0);
      expect(reason ?? 'a reason').not.toBe('');
    }
  });

  test(
    'its commands work, one block after the other',
    async () => {
      for (const { line, commands, reason } of blocks) {
        if (reason !== null) continue;
        const { code, out, err } = await run(commands, place.path, programs.path);
        // What was said is shown when it has failed.
        expect({ line, code, said: code === 0 ? '' : `${out}${err}` }).toEqual({ line, code: 0, said: '' });
      }
    },
    BLOCK_MS * Math.max(1, blocks.length),
  );
});

test('a block is read with its reason and its commands of several lines', () => {
  const text = 'a\n<!-- not run: because -->\n```console\n$ one \\\n  two\n$ three\n```\n\n```console\n$ four\n```\n';
  expect(blocksOf(text)).toEqual([
    { line: 3, commands: ['one \\\n  two\n', 'three\n'], reason: 'because' },
    { line: 9, commands: ['four\n'], reason: null },
  ]);
});
