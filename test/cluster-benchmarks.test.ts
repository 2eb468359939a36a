// The benchmarks of several nodes still run: a short one of each kind, from the starting of Redis to the tables. The
// figures themselves prove nothing here.
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisDirectory } from './support/redis.ts';

const RUN = join(import.meta.dir, '..', 'benchmarks', 'cluster', 'run.ts');
const TEST_MS = 120_000;
/** A run that hangs must not outlive the test. */
const RUN_MS = 100_000;

type Rows = readonly Readonly<Record<string, number>>[];

interface Figures {
  readonly parts: {
    readonly publishes: readonly { readonly results: Readonly<Record<string, Rows>> }[];
    readonly commands: readonly Readonly<Record<string, string | number>>[];
    readonly reaping: Rows;
  };
}

const missing = process.platform !== 'linux' ? 'Linux' : Bun.which('cc') === null ? 'a C compiler' : null;
if (missing !== null) console.log(`The benchmarks of several nodes are not tried out: ${missing} is missing.`);

test.skipIf(missing !== null || redisDirectory() === null)(
  'a short run measures nodes on one Redis beside the single one, counts commands and kills a node',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'vask-bench-test-'));
    try {
      const file = join(directory, 'figures.json');
      const options = ['--quick', '--only', 'publishes,commands,reaping', '--json', file];
      const run = Bun.spawn([process.execPath, RUN, ...options], { stdout: 'pipe', stderr: 'pipe', timeout: RUN_MS });
      const [table, complaint, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
      expect({ exitCode, complaint }).toMatchObject({ exitCode: 0 });
      expect(table).toContain('| publishes');

      const { parts } = (await Bun.file(file).json()) as Figures;
      const [publishes] = parts.publishes;
      for (const server of ['A to B', '1 node', 'single']) {
        expect(publishes?.results[server]?.[0]?.['publishes']).toBeGreaterThan(0);
      }
      // Commands are no matter of speed: a plain publish is one, and nothing but a first join or a last leave needs two.
      const publish = parts.commands.find(({ operation }) => operation === 'publish');
      expect(publish).toMatchObject({ 'sent by the node': 1, 'inside scripts': 0 });
      const most = parts.commands.filter(({ operation }) => /join|leave/.test(String(operation)));
      expect(most.length).toBeGreaterThan(0);
      for (const row of most) expect(row['sent by the node']).toBeLessThanOrEqual(2);
      expect(parts.reaping[0]?.['entries']).toBe(5_000);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  TEST_MS,
);
