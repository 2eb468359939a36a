// Turns the samples into a table for people. Each figure is a median with the quartiles of its rounds.
import type { WorkloadSamples } from './measure.ts';
import { ratiosByRound, type Spread, spreadOf } from './statistics.ts';
import type { Metric, Workload } from './workloads.ts';

type Row = { workload: Workload; metric: Metric; results: WorkloadSamples['results'] };
type Column = { title: string; cell: (row: Row) => string };

function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function withSpread(spread: Spread, show: (value: number) => string): string {
  return `${show(spread.median)} (${show(spread.lower)} – ${show(spread.upper)})`;
}

function figures(row: Row, target: string): number[] {
  return (row.results.get(target) ?? []).map(row.metric.of);
}

function ratios(row: Row, subject: string, other: string): Spread {
  return spreadOf(ratiosByRound(figures(row, subject), figures(row, other)));
}

function goalCell(row: Row, subject: string, yardstick: string): string {
  const { better, goalFigure, goalRatio } = row.metric;
  const judge = (value: number, goal: number): string => {
    const isReached = better === 'higher' ? value >= goal : value <= goal;
    return `${better === 'higher' ? '≥' : '≤'} ${short(goal)} ${isReached ? 'yes' : 'NO'}`;
  };
  const goals: string[] = [];
  if (goalRatio !== undefined) goals.push(judge(ratios(row, subject, yardstick).median, goalRatio));
  if (goalFigure !== undefined) goals.push(judge(spreadOf(figures(row, subject)).median, goalFigure));
  return goals.join(', ');
}

/** How much of the measured time the server and the generator were at work: a generator at 100 % may be the brake. */
function busyCell({ results }: Row): string {
  const share = (target: string, key: 'serverCpuSeconds' | 'generatorBusySeconds'): string => {
    const shares = (results.get(target) ?? []).map((result) => result[key] / result.seconds);
    return `${Math.round(100 * spreadOf(shares).median)} %`;
  };
  return [...results.keys()]
    .map((target) => `${target} ${share(target, 'serverCpuSeconds')} : ${share(target, 'generatorBusySeconds')}`)
    .join(', ');
}

function isFirst({ metric, workload }: Row): boolean {
  return metric === workload.metrics[0];
}

function columnsFor(targets: readonly string[]): Column[] {
  const [subject = '', ...others] = targets;
  const [yardstick = ''] = others;
  return [
    { title: 'workload', cell: (row) => (isFirst(row) ? row.workload.name : '') },
    { title: 'figure', cell: ({ metric }) => `${metric.label} ${metric.unit}` },
    ...targets.map((target) => ({
      title: target,
      cell: (row: Row) => withSpread(spreadOf(figures(row, target)), short),
    })),
    ...others.map((other) => ({
      title: `${subject} / ${other}`,
      cell: (row: Row) => withSpread(ratios(row, subject, other), (ratio) => ratio.toFixed(2)),
    })),
    { title: 'goal', cell: (row) => goalCell(row, subject, yardstick) },
    { title: 'busy server : generator', cell: (row) => (isFirst(row) ? busyCell(row) : '') },
  ];
}

export function renderTable(samples: readonly WorkloadSamples[], targets: readonly string[]): string {
  const columns = columnsFor(targets);
  const rows = samples.flatMap(({ workload, results }) =>
    workload.metrics.map((metric): Row => ({ workload, metric, results })),
  );
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => column.cell(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  const render = (line: readonly string[]): string =>
    `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [render(head), rule, ...body.map(render)].join('\n');
}

export function renderTitles(samples: readonly WorkloadSamples[]): string {
  return samples.map(({ workload }) => `  ${workload.name}: ${workload.title}`).join('\n');
}
