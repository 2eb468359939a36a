// The metrics of one node, read from what its engine knows and has counted.
import { type CountsByCode, DURATION_BOUNDS, type RequestTally } from '../core/tally.ts';
import type { Engine } from '../engine/engine.ts';
import type { NodeReport } from '../engine/ports.ts';
import { closeFaults, frameFaults } from '../protocol/faults.ts';
import type { Sample } from './exposition.ts';
import type { MetricName } from './metric-table.ts';

/** Of RFC 6455, section 7.4.1, and what the runtime says by itself. */
const STANDARD_CODES = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011];
const CLOSE_CODES = new Set([...STANDARD_CODES, ...Object.values(closeFaults).map(({ code }) => code)]);
const COMMAND_CODES = new Set(Object.values(frameFaults).map(({ code }) => code ?? 0));
/** A client may close with any code it likes, and each would be a series. */
const OTHER_CODES = 'other';

export function nodeSamples(engine: Engine): readonly Sample[] {
  const { tally, phase, cluster, overload, floods } = engine;
  const isReady = phase === 'serving' && cluster.liveness.absence === null && overload.reason === null;
  return [
    { metric: 'vask_ready', value: isReady ? 1 : 0 },
    { metric: 'vask_overloaded', value: overload.reason === null ? 0 : 1 },
    { metric: 'vask_apps', value: engine.apps.all().length },
    { metric: 'vask_connections', value: engine.connections },
    { metric: 'vask_connections_max', value: engine.settings.maxConnections },
    { metric: 'vask_connections_opened_total', value: tally.opened },
    ...byCode('vask_connections_closed_total', tally.closed, CLOSE_CODES),
    ...byCode('vask_connections_refused_total', tally.refusedConnections, CLOSE_CODES),
    ...byCode('vask_commands_refused_total', tally.refusedCommands, COMMAND_CODES),
    ...[...floods.counts].map(([limit, value]): Sample => ({ metric: 'vask_flooded_total', value, labels: { limit } })),
    { metric: 'vask_backlog_bytes', value: engine.backlogBytes },
    { metric: 'vask_slow_readers_closed_total', value: tally.slowReadersClosed },
    { metric: 'vask_cache_misses_total', value: tally.cacheMisses },
    { metric: 'vask_failures_total', value: tally.failures },
    ...requestSamples(tally.requests),
    { metric: 'vask_cluster_absent', value: cluster.liveness.absence === null ? 0 : 1 },
    { metric: 'vask_cluster_returns_total', value: engine.returns },
    { metric: 'vask_cluster_repairs_total', value: engine.repairs },
  ];
}

/** @param nodes as the cluster reports them; null when it could not be asked. */
export function clusterSamples(nodes: readonly NodeReport[] | null): readonly Sample[] {
  if (nodes === null) return [];
  const own = nodes.find(({ isSelf }) => isSelf);
  const samples: Sample[] = [{ metric: 'vask_cluster_nodes', value: nodes.length }];
  if (own !== undefined) samples.push({ metric: 'vask_cluster_lag_seconds', value: own.lagMs / 1000 });
  return samples;
}

function byCode(metric: MetricName, counts: CountsByCode, known: ReadonlySet<number>): readonly Sample[] {
  const byLabel = new Map<string, number>();
  for (const [code, count] of counts) {
    const label = known.has(code) ? labelOf(code) : OTHER_CODES;
    byLabel.set(label, (byLabel.get(label) ?? 0) + count);
  }
  return [...byLabel].map(([code, value]) => ({ metric, value, labels: { code } }));
}

function labelOf(code: number): string {
  return code === 0 ? 'none' : String(code);
}

function requestSamples(requests: RequestTally): readonly Sample[] {
  const duration = 'vask_http_request_duration_seconds';
  const samples: Sample[] = [];
  for (const [first, value] of requests.byClass.entries()) {
    // Those that have never been are left out, but for those that everybody asks about.
    if (value === 0 && ![2, 4, 5].includes(first)) continue;
    samples.push({ metric: 'vask_http_requests_total', value, labels: { status: `${first}xx` } });
  }
  let total = 0;
  for (const [at, count] of requests.byDuration.entries()) {
    total += count;
    const le = DURATION_BOUNDS[at]?.toString() ?? '+Inf';
    samples.push({ metric: duration, part: '_bucket', value: total, labels: { le } });
  }
  samples.push({ metric: duration, part: '_sum', value: requests.totalMs / 1000 });
  samples.push({ metric: duration, part: '_count', value: total });
  return samples;
}
