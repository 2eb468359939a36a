// Metrics as text, in the format that Prometheus reads (exposition format 0.0.4). Why not by a library: see
// docs/decisions/0017-metrics.md.
import { METRIC_NAMES, METRICS, type MetricName } from './metric-table.ts';

export interface Sample {
  readonly metric: MetricName;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** What a sample of a histogram has behind the name. */
  readonly part?: '_bucket' | '_sum' | '_count';
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** In the order of the table; metrics without a sample are left out. */
export function exposition(samples: readonly Sample[]): string {
  const lines = new Map<MetricName, string[]>();
  for (const { metric, part = '', labels, value } of samples) {
    const line = `${metric}${part}${labelsText(labels)} ${valueText(value)}`;
    const known = lines.get(metric);
    if (known === undefined) lines.set(metric, [line]);
    else known.push(line);
  }
  let text = '';
  for (const name of METRIC_NAMES) {
    const own = lines.get(name);
    if (own === undefined) continue;
    const { help, type } = METRICS[name];
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${own.join('\n')}\n`;
  }
  return text;
}

function labelsText(labels: Sample['labels']): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function valueText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
