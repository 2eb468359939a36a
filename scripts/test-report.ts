// What Bun's JUnit report says about a run. The report is believed only as far as it goes: a file that it does not
// mention did not run, whatever else it says.

export interface Tally {
  readonly passed: number;
  readonly skipped: number;
  /** One entry for each failed test or file, fit for a list. */
  readonly failures: readonly string[];
}

/**
 * @param xml the report, or null when the runner has written none
 * @param files the test files that were to run, as they were named to the runner
 * @param exitCode of the runner; null when a signal ended it
 */
export async function readReport(xml: string | null, files: readonly string[], exitCode: number | null): Promise<Tally> {
  if (files.length === 0) return { passed: 0, skipped: 0, failures: ['there is no test file'] };
  if (xml === null) {
    return { passed: 0, skipped: 0, failures: [`the test runner ended without a report (exit code ${exitCode})`] };
  }
  const { cases, hasEnded } = await readCases(xml);
  const seen = new Set(cases.map(({ file }) => file));
  const failures = cases.filter(({ outcome }) => outcome === 'failed').map(({ file, name }) => `${file}: ${name}`);
  for (const file of files) if (!seen.has(file)) failures.push(`${file}: did not run, or holds no test`);
  if (!hasEnded) failures.push('the report of the test runner breaks off');
  // An error between two tests belongs to no test, and only the exit code tells of it.
  if (exitCode !== 0 && failures.length === 0) failures.push(`the test runner ended with exit code ${exitCode}`);
  return {
    passed: cases.filter(({ outcome }) => outcome === 'passed').length,
    skipped: cases.filter(({ outcome }) => outcome === 'skipped').length,
    failures,
  };
}

interface Case {
  readonly file: string;
  readonly name: string;
  outcome: 'passed' | 'failed' | 'skipped';
}

/** HTMLRewriter reads XML well enough for this: the report has no void elements and no entities in file names. */
async function readCases(xml: string): Promise<{ readonly cases: Case[]; readonly hasEnded: boolean }> {
  const cases: Case[] = [];
  const mark = (outcome: Case['outcome']): void => {
    const current = cases.at(-1);
    if (current !== undefined) current.outcome = outcome;
  };
  await new HTMLRewriter()
    .on('testcase', {
      element(element): void {
        const file = element.getAttribute('file') ?? '';
        cases.push({ file, name: element.getAttribute('name') ?? '', outcome: 'passed' });
      },
    })
    .on('testcase failure, testcase error', { element: () => mark('failed') })
    .on('testcase skipped', { element: () => mark('skipped') })
    .transform(new Response(xml))
    .text();
  return { cases, hasEnded: xml.trimEnd().endsWith('</testsuites>') };
}
