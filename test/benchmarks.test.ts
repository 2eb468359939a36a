// The benchmarks still run: one short workload from the compiling of the load generator to the table. The figures
// themselves prove nothing here.
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUN = join(import.meta.dir, '..', 'benchmarks', 'run.ts');
const TEST_MS = 120_000;
/** A run that hangs must not outlive the test. */
const RUN_MS = 100_000;

interface Figures {
  readonly workloads: readonly {
    readonly name: string;
    readonly results: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;
  }[];
}

const missing = process.platform !== 'linux' ? 'Linux' : Bun.which('cc') === null ? 'a C compiler' : null;
if (missing !== null) console.log(`The benchmarks are not tried out: ${missing} is missing.`);

test.skipIf(missing !== null)(
  'a short run of the benchmarks measures both servers and writes its figures',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'vask-bench-test-'));
    try {
      const file = join(directory, 'figures.json');
      const options = ['--quick', '--rounds', '1', '--only', 'publishes', '--json', file];
      const run = Bun.spawn([process.execPath, RUN, ...options], { stdout: 'pipe', stderr: 'pipe', timeout: RUN_MS });
      const [table, complaint, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
      expect({ exitCode, complaint }).toMatchObject({ exitCode: 0 });
      expect(table).toContain('| publishes');

      const { workloads } = (await Bun.file(file).json()) as Figures;
      expect(workloads.map(({ name }) => name)).toEqual(['publishes']);
      for (const server of ['vask', 'bare']) {
        const results = workloads[0]?.results[server] ?? [];
        expect(results).toHaveLength(1);
        expect(results[0]?.['publishes']).toBeGreaterThan(0);
        expect(results[0]?.['serverCpuSeconds']).toBeGreaterThan(0);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  TEST_MS,
);
