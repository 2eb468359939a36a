// `npm run check`: the checks that need no running server. Every step runs, also after one has failed, so that one run
// tells everything.
import { installed, type Outcome, runStep, type Step } from './step.ts';

/** The tidy rules are a test file, but belong to the checks: they judge the code, not what it does. */
export const TIDY_TEST = 'test/tidy.test.ts';

const MINUTE_MS = 60_000;

const steps: readonly Step[] = [
  { name: 'types', command: [installed('tsc'), '--noEmit'], timeoutMs: 5 * MINUTE_MS },
  {
    name: 'types of the dashboard',
    command: [installed('tsc'), '--noEmit', '--project', 'src/dashboard/ui'],
    timeoutMs: 5 * MINUTE_MS,
  },
  {
    name: 'lint and format',
    command: [installed('biome'), 'check', '--error-on-warnings', '--diagnostic-level=warn', '--max-diagnostics=200'],
    timeoutMs: 5 * MINUTE_MS,
  },
  { name: 'licences', command: [process.execPath, 'scripts/licences.ts'], timeoutMs: MINUTE_MS },
  { name: 'tidy', command: [process.execPath, 'test', `./${TIDY_TEST}`], timeoutMs: 5 * MINUTE_MS },
];

export async function runChecks(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push(await runStep(step));
  return outcomes;
}

if (import.meta.main) {
  const outcomes = await runChecks();
  const failed = outcomes.filter((outcome) => !outcome.passed);
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  console.log(`\n${outcomes.length - failed.length} of ${outcomes.length} checks passed in ${seconds.toFixed(1)} s.`);
  for (const { name, ending } of failed) console.log(`  ${name} ${ending}`);
  process.exit(failed.length === 0 ? 0 : 1);
}
