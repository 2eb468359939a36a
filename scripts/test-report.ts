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
 * @param files the test files that were to run, from the root of the tree
 * @param exitCode of the runner; null when a signal ended it
 */
export function readReport(xml: string | null, files: readonly string[], exitCode: number | null): Tally {
  const nothing = (why: string): Tally => ({ passed: 0, skipped: 0, failures: [why] });
  if (files.length === 0) return nothing('there is no test file');
  if (xml === null) return nothing(`the test runner ended without a report (exit code ${exitCode})`);
  const cases = casesOf(xml);
  const failures = cases.filter(({ outcome }) => outcome === 'failed').map(({ file, name }) => `${file}: ${name}`);
  const seen = new Set(cases.map(({ file }) => file));
  for (const file of files) if (!seen.has(file)) failures.push(`${file}: did not run, or holds no test`);
  if (!xml.trimEnd().endsWith('</testsuites>')) failures.push('the report of the test runner breaks off');
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

const TAG = /<(testcase|failure|error|skipped)((?:\s+[\w-]+="[^"]*")*)\s*\/?>/g;

/** Verdicts follow the opening tag of their test. Texts cannot be mistaken for tags, because XML escapes their `<`. */
function casesOf(xml: string): Case[] {
  const cases: Case[] = [];
  for (const [, tag, attributes = ''] of xml.matchAll(TAG)) {
    if (tag === 'testcase') {
      cases.push({ file: attribute(attributes, 'file'), name: attribute(attributes, 'name'), outcome: 'passed' });
      continue;
    }
    const current = cases.at(-1);
    if (current !== undefined) current.outcome = tag === 'skipped' ? 'skipped' : 'failed';
  }
  return cases;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function attribute(attributes: string, name: string): string {
  const escaped = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return escaped.replace(/&(\w+|#\d+);/g, (whole, entity: string) => {
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)));
    return ENTITIES[entity] ?? whole;
  });
}
