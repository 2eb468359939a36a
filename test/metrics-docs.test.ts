// What is written of metrics and logs is compared with the tables that the code has: the documents, in both directions,
// and the dashboard for Grafana.
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_EVENTS } from '../src/telemetry/log-events.ts';
import { METRICS, type Metric } from '../src/telemetry/metric-table.ts';

const ROOT = join(import.meta.dir, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The rows of the table below a heading, without its two head rows. */
function tableUnder(text: string, heading: string): readonly string[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
}

/** The names of metrics in an expression, and those of histograms by the names that their parts have. */
function namesIn(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:vask|process)_[a-z_]+\b/g)].map(([name]) => name);
}

function isKnown(name: string): boolean {
  if (Object.hasOwn(METRICS, name)) return true;
  const whole = name.replace(/_(bucket|sum|count)$/, '');
  const metric: Metric | undefined = Object.hasOwn(METRICS, whole) ? METRICS[whole as keyof typeof METRICS] : undefined;
  return metric?.type === 'histogram';
}

test('docs/metrics.md lists every metric, and no other', () => {
  const rows = Object.entries(METRICS).map(([name, { type, labels, help }]) => {
    const labelsText = labels.map((label) => `\`${label}\``).join(', ') || 'none';
    return `| \`${name}\` | ${type} | ${labelsText} | ${help} |`;
  });
  expect(tableUnder(read('docs/metrics.md'), 'The table')).toEqual(rows);
});

test('the expressions of docs/metrics.md are of metrics that there are', () => {
  const names = tableUnder(read('docs/metrics.md'), 'What to look at').flatMap(namesIn);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !isKnown(name))).toEqual([]);
});

test('docs/logs.md lists every event of the log, and no other', () => {
  const rows = Object.entries(LOG_EVENTS).map(
    ([name, { levels, doc }]) => `| \`${name}\` | ${levels.join(', ')} | ${doc} |`,
  );
  expect(tableUnder(read('docs/logs.md'), 'The events')).toEqual(rows);
});

test('the dashboard for Grafana shows metrics that there are, and each of them', () => {
  interface Panel {
    readonly targets?: readonly { readonly expr: string }[];
  }
  const { panels } = JSON.parse(read('deploy/grafana/vask.json')) as { readonly panels: readonly Panel[] };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const names = new Set(expressions.flatMap(namesIn));
  expect([...names].filter((name) => !isKnown(name))).toEqual([]);
  const shown = new Set([...names].map((name) => (Object.hasOwn(METRICS, name) ? name : name.replace(/_bucket$/, ''))));
  // What only says how late the last turn was, the largest says as well.
  const unseen = Object.keys(METRICS).filter((name) => !shown.has(name) && name !== 'vask_event_loop_lag_seconds');
  expect(unseen).toEqual([]);
});

test('the names are such as Prometheus takes, and counters end in _total', () => {
  for (const [name, { type }] of Object.entries(METRICS)) {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  }
});
