// `npm test`: the checks, then every test of the tree, then some of them again with several nodes. The last line says how
// many passed and failed; whatever goes wrong with the running itself counts as failed, so that silence is never success.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisDirectory } from '../test/support/redis.ts';
import { runChecks, TIDY_TEST } from './check.ts';
import { isLong } from './long-tests.ts';
import { filesForSeveralNodes, NODE_COUNTS, NODES_VARIABLE } from './several-nodes.ts';
import { ROOT, runStep } from './step.ts';
import { readReport, type Tally } from './test-report.ts';
import { provideTools } from './tools.ts';

const RUN_TIMEOUT_MS = 20 * 60_000;
/** For one test that sets no time of its own: long enough that a busy machine does not decide. */
const TEST_TIMEOUT_MS = 20_000;

function testFiles(): string[] {
  const files = new Bun.Glob('{src,test,benchmarks,examples,scripts}/**/*.test.ts').scanSync({ cwd: ROOT });
  return [...files].filter((file) => file !== TIDY_TEST && !isLong(file) && !file.includes('node_modules/')).sort();
}

/** @param variables of the environment, as `NAME=VALUE`. */
async function runTests(name: string, files: readonly string[], variables: readonly string[] = []): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'vask-test-'));
  try {
    const report = join(folder, 'report.xml');
    const options = [`--timeout=${TEST_TIMEOUT_MS}`, '--reporter=junit', `--reporter-outfile=${report}`];
    const bun = [process.execPath, 'test', ...options, ...files.map((file) => `./${file}`)];
    const command = variables.length === 0 ? bun : ['env', ...variables, ...bun];
    const { exitCode } = await runStep({ name: `${name} (${files.length} files)`, command, timeoutMs: RUN_TIMEOUT_MS });
    const tally = readReport(existsSync(report) ? readFileSync(report, 'utf8') : null, files, exitCode);
    return { ...tally, failures: tally.failures.map((failure) => `${name}: ${failure}`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without Redis there is only one node. */
async function runWithSeveralNodes(files: readonly string[]): Promise<Tally[]> {
  const tallies: Tally[] = [];
  if (redisDirectory() === null) return tallies;
  for (const nodes of NODE_COUNTS) {
    const variables = [`${NODES_VARIABLE}=${nodes}`];
    tallies.push(await runTests(`tests with ${nodes} nodes`, filesForSeveralNodes(files), variables));
  }
  return tallies;
}

/** On a machine that only tests, a missing tool would hide for ever that its tests do not run. */
async function toolFailures(): Promise<string[]> {
  const missing = await provideTools();
  return process.env['CI'] ? missing.map((name) => `${name} is missing`) : [];
}

const checks = await runChecks();
const tools = await toolFailures();
const files = testFiles();
const tallies = [await runTests('tests', files), ...(await runWithSeveralNodes(files))];
const skipped = tallies.reduce((sum, tally) => sum + tally.skipped, 0);

const failures = [
  ...checks.filter(({ passed }) => !passed).map(({ name, ending }) => `${name} ${ending}`),
  ...tools,
  ...tallies.flatMap((tally) => tally.failures),
];
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (skipped > 0) console.log(`\nSkipped tests: ${skipped}`);
const passed = checks.filter((check) => check.passed).length + tallies.reduce((sum, tally) => sum + tally.passed, 0);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
