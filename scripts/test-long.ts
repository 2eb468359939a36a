// `npm run test:long`: what takes too long for every change. The single-file program is built and stands the tests of whole
// processes; the proxies of Debian are installed and stand before Vask; what happens at random happens more often; and a
// server is used hard for minutes. Every part runs, also after one has failed; names after the command run only those.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideProxies } from './proxies.ts';
import { ROOT, runStep } from './step.ts';
import { readReport } from './test-report.ts';
import { provideTools } from './tools.ts';

interface Part {
  readonly name: string;
  /** Files of tests, or folders of them. */
  readonly tests?: readonly string[];
  /** Instead of tests, a script and its arguments. */
  readonly script?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMinutes: number;
  /** What has to be there first; false when it cannot be had. */
  readonly before?: () => Promise<boolean>;
}

const TEST_TIMEOUT_MS = 120_000;
const MINUTE_MS = 60_000;
const PROGRAM = join(ROOT, 'dist', 'vask');

const PARTS: readonly Part[] = [
  {
    name: 'binary',
    before: buildProgram,
    tests: [
      'test/binary',
      'test/cli',
      'test/faults',
      'test/wire/managed-kill.test.ts',
      'test/wire/webhooks-kill.test.ts',
      'test/wire/workers.test.ts',
    ],
    env: { TEST_PROGRAM: PROGRAM },
    timeoutMinutes: 30,
  },
  { name: 'proxies', before: provideProxies, tests: ['test/proxies'], timeoutMinutes: 10 },
  {
    name: 'kill',
    tests: ['test/wire/webhooks-kill.test.ts', 'test/wire/managed-kill.test.ts', 'test/webhooks-shared', 'test/faults'],
    env: { ROUNDS: '5' },
    timeoutMinutes: 60,
  },
  { name: 'simulation', tests: ['test/simulation'], env: { RUNS: '5000' }, timeoutMinutes: 60 },
  { name: 'fuzz', script: ['scripts/fuzz.ts', '--seconds', '300'], timeoutMinutes: 15 },
  { name: 'soak', tests: ['test/soak'], timeoutMinutes: 15 },
];

/** The dashboard as well: it is in the program, and has tests there. */
async function buildProgram(): Promise<boolean> {
  const steps = [
    {
      name: 'build',
      command: [process.execPath, 'scripts/build-dashboard.ts', '--when-stale'],
      timeoutMs: 5 * MINUTE_MS,
    },
    { name: 'build:binary', command: [process.execPath, 'scripts/build-binary.ts'], timeoutMs: 5 * MINUTE_MS },
  ];
  for (const step of steps) if (!(await runStep(step)).passed) return false;
  return true;
}

interface Result {
  readonly passed: number;
  readonly failures: readonly string[];
}

async function runPart({ name, tests = [], script, env = {}, timeoutMinutes, before }: Part): Promise<Result> {
  if (before !== undefined && !(await before())) return { passed: 0, failures: [`${name}: what it needs is missing`] };
  if (script !== undefined) return await runScript(name, script, timeoutMinutes);
  // A part that is about chance is run that often, each time with another seed.
  const { ROUNDS: rounds = '1', ...variables } = env;
  const results: Result[] = [];
  for (let round = 1; round <= Number(rounds); round++) {
    const title = rounds === '1' ? name : `${name}, round ${round} of ${rounds}`;
    results.push(await runTests(title, filesOf(tests), variables, timeoutMinutes));
  }
  return { passed: sum(results.map(({ passed }) => passed)), failures: results.flatMap(({ failures }) => failures) };
}

async function runScript(name: string, script: readonly string[], timeoutMinutes: number): Promise<Result> {
  const command = [process.execPath, ...script];
  const { passed, ending } = await runStep({ name, command, timeoutMs: timeoutMinutes * MINUTE_MS });
  return passed ? { passed: 1, failures: [] } : { passed: 0, failures: [`${name} ${ending}`] };
}

function filesOf(tests: readonly string[]): readonly string[] {
  return tests.flatMap((test) =>
    test.endsWith('.ts') ? [test] : [...new Bun.Glob(`${test}/**/*.test.ts`).scanSync({ cwd: ROOT })].sort(),
  );
}

async function runTests(
  name: string,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMinutes: number,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'vask-test-'));
  try {
    const report = join(folder, 'report.xml');
    const options = [`--timeout=${TEST_TIMEOUT_MS}`, '--reporter=junit', `--reporter-outfile=${report}`];
    const variables = Object.entries(env).map(([variable, value]) => `${variable}=${value}`);
    const command = ['env', ...variables, process.execPath, 'test', ...options, ...files.map((file) => `./${file}`)];
    const { exitCode } = await runStep({ name, command, timeoutMs: timeoutMinutes * MINUTE_MS });
    const { passed, failures } = readReport(existsSync(report) ? readFileSync(report, 'utf8') : null, files, exitCode);
    return { passed, failures: failures.map((failure) => `${name}: ${failure}`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${PARTS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
await provideTools();
const results: Result[] = [];
for (const part of PARTS) if (wanted.length === 0 || wanted.includes(part.name)) results.push(await runPart(part));
const failures = results.flatMap((result) => result.failures);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
console.log(`\n${sum(results.map(({ passed }) => passed))} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
