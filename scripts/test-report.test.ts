import { expect, test } from 'bun:test';
import { readReport } from './test-report.ts';

const suites = (body: string): string => `<?xml version="1.0"?>\n<testsuites name="bun test">${body}</testsuites>\n`;

const good = '<testcase name="a" classname="" time="0" file="x.test.ts" line="1" assertions="1" />';
const bad =
  '<testcase name="b &gt; &quot;c&quot; &#10;" file="x.test.ts"><failure type="E" message="1">&lt;testcase></failure></testcase>';
const left = '<testcase name="d" file="y.test.ts"><skipped /></testcase>';

test('passed, failed and skipped tests are told apart', () => {
  const tally = readReport(suites(`<testsuite>${good}${bad}${left}</testsuite>`), ['x.test.ts', 'y.test.ts'], 1);
  expect(tally).toEqual({ passed: 1, skipped: 1, failures: ['x.test.ts: b > "c" \n'] });
});

test('a run without a failure has none', () => {
  expect(readReport(suites(good), ['x.test.ts'], 0)).toEqual({ passed: 1, skipped: 0, failures: [] });
});

test('no test file is a failure', () => {
  expect(readReport(suites(''), [], 0).failures).toEqual(['there is no test file']);
});

test('no report is a failure, even if the runner ended well: a test may have ended the process', () => {
  expect(readReport(null, ['x.test.ts'], 0).failures).toHaveLength(1);
});

test('a file that the report does not mention is a failure', () => {
  expect(readReport(suites(good), ['x.test.ts', 'z.test.ts'], 0).failures).toEqual([
    'z.test.ts: did not run, or holds no test',
  ]);
});

test('a report that breaks off is a failure', () => {
  expect(readReport(`<testsuites>${good}`, ['x.test.ts'], 0).failures).toEqual([
    'the report of the test runner breaks off',
  ]);
});

test('an exit code that no test explains is a failure', () => {
  expect(readReport(suites(good), ['x.test.ts'], 1).failures).toEqual(['the test runner ended with exit code 1']);
  expect(readReport(suites(good), ['x.test.ts'], null).failures).toHaveLength(1);
});
