// The official server SDK's own remote tests, as its package carries them, against a started Vask. They are written for
// mocha on Node and for an app of the hosted service, so they run in a process of their own and are told only the URL.
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startVask } from '../support/server.ts';

const MODULES = join(import.meta.dir, '../../node_modules');
const SDK = join(MODULES, 'pusher');
const TIMEOUT_MS = 60_000;

interface MochaReport {
  readonly stats: {
    readonly tests: number;
    readonly passes: number;
    readonly pending: number;
    readonly failures: number;
  };
  readonly passes: readonly { readonly file: string; readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

/** Each file with the number of tests that it holds, as far as a reader of the file can tell. */
function suitesOfSdk(): Map<string, number> {
  const files = [...new Bun.Glob('tests/remote/**/*.js').scanSync({ cwd: SDK })].sort();
  return new Map(files.map((file) => [file, readFileSync(join(SDK, file), 'utf8').match(/^\s*it\(/gm)?.length ?? 0]));
}

async function runMocha(files: Iterable<string>, pusherUrl: string): Promise<MochaReport> {
  const mocha = join(MODULES, 'mocha/bin/mocha.js');
  const child = Bun.spawn(['node', mocha, '--no-config', '--no-package', '--exit', '--reporter', 'json', ...files], {
    cwd: SDK,
    env: { PATH: process.env['PATH'] ?? '', PUSHER_URL: pusherUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const [output, complaints] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (!output.trimStart().startsWith('{')) throw new Error(`mocha gave no report:\n${output}${complaints}`);
  return JSON.parse(output);
}

test(
  "[H-1] the server SDK's own remote tests pass",
  async () => {
    const suites = suitesOfSdk();
    await using vask = await startVask().then((server) => ({ ...server, [Symbol.asyncDispose]: () => server.stop() }));
    const { id, key, secret } = vask.app;
    const report = await runMocha(suites.keys(), `http://${key}:${secret}@127.0.0.1:${vask.port}/apps/${id}`);
    expect(report.failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message}`)).toEqual([]);
    const passed = Map.groupBy(report.passes, ({ file }) => relative(SDK, file));
    expect(new Map([...passed].map(([file, passes]) => [file, passes.length]))).toEqual(suites);
    const tests = [...suites.values()].reduce((sum, count) => sum + count, 0);
    expect(tests).toBeGreaterThan(0);
    expect(report.stats).toMatchObject({ tests, passes: tests, pending: 0, failures: 0 });
  },
  TIMEOUT_MS,
);
