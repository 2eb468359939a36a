// `npm test`: the checks, then every test of the tree. The last line says how many of both passed and failed; whatever
// goes wrong with the running itself counts as failed, so that silence is never success.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks, TIDY_TEST } from './check.ts';
import { ROOT, runStep } from './step.ts';
import { readReport, type Tally } from './test-report.ts';
import { provideTools } from './tools.ts';

const RUN_TIMEOUT_MS = 20 * 60_000;
/** For one test that sets no time of its own: long enough that a busy machine does not decide. */
const TEST_TIMEOUT_MS = 20_000;

function testFiles(): string[] {
  const files = new Bun.Glob('{src,test,benchmarks,examples,scripts}/**/*.test.ts').scanSync({ cwd: ROOT });
  return [...files].filter((file) => file !== TIDY_TEST && !file.includes('node_modules/')).sort();
}

async function runTests(): Promise<Tally> {
  const files = testFiles();
  const folder = mkdtempSync(join(tmpdir(), 'vask-test-'));
  try {
    const report = join(folder, 'report.xml');
    const options = [`--timeout=${TEST_TIMEOUT_MS}`, '--reporter=junit', `--reporter-outfile=${report}`];
    const command = [process.execPath, 'test', ...options, ...files.map((file) => `./${file}`)];
    const { exitCode } = await runStep({ name: `tests (${files.length} files)`, command, timeoutMs: RUN_TIMEOUT_MS });
    return readReport(existsSync(report) ? readFileSync(report, 'utf8') : null, files, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** On a machine that only tests, a missing tool would hide for ever that its tests do not run. */
async function toolFailures(): Promise<string[]> {
  const missing = await provideTools();
  return process.env['CI'] ? missing.map((name) => `${name} is missing`) : [];
}

const checks = await runChecks();
const tools = await toolFailures();
const tests = await runTests();

const failures = [
  ...checks.filter(({ passed }) => !passed).map(({ name, ending }) => `${name} ${ending}`),
  ...tools,
  ...tests.failures,
];
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (tests.skipped > 0) console.log(`\nSkipped tests: ${tests.skipped}`);
const passed = checks.filter((check) => check.passed).length + tests.passed;
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
