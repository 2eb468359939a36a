// The metrics of apps. So many apps are named; the rest is one sum, so that a server with ten thousand apps does not make
// a hundred thousand series.
import type { Space } from '../core/space.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Sample } from './exposition.ts';
import type { MetricName } from './metric-table.ts';

/** The label of all apps that are not named. An app may have that id as well, and counts for it then. */
export const OTHERS = 'other';

const GAUGES = ['vask_app_connections', 'vask_app_channels', 'vask_app_subscriptions'] as const;

const COUNTERS = {
  vask_app_publishes_total: 'broadcasts',
  vask_app_client_events_total: 'clientEvents',
  vask_app_http_requests_total: 'requests',
  vask_app_messages_received_total: 'messagesIn',
  vask_app_messages_sent_total: 'messagesOut',
  vask_app_received_bytes_total: 'bytesIn',
  vask_app_sent_bytes_total: 'bytesOut',
  vask_app_errors_total: 'errors',
} as const satisfies Partial<Record<MetricName, keyof Space['usage']>>;

type CounterName = keyof typeof COUNTERS;
type Values = Record<(typeof GAUGES)[number] | CounterName, number>;

const COUNTER_NAMES = Object.keys(COUNTERS) as readonly CounterName[];

export class AppMetrics {
  readonly #most: number;
  /** An app keeps its name as long as there is one: a series that came and went would look like a counter set back. */
  readonly #named = new Set<AppId>();
  /** What apps that are no more had added to the sum, which must not fall. */
  readonly #gone = new Map<CounterName, number>();
  readonly #last = new Map<CounterName, number>();

  /** @param most how many apps are named. */
  constructor(most: number) {
    this.#most = most;
  }

  samples(spaces: ReadonlyMap<AppId, Space>): readonly Sample[] {
    for (const id of this.#named) if (!spaces.has(id)) this.#named.delete(id);
    const samples: Sample[] = [];
    const others = noValues();
    let hasOthers = this.#last.size > 0;
    for (const [id, space] of spaces) {
      if (this.#isNamed(id)) {
        const values = noValues();
        addValues(values, space);
        samples.push(...samplesOf(id, values));
        continue;
      }
      hasOthers = true;
      addValues(others, space);
    }
    if (hasOthers) samples.push(...samplesOf(OTHERS, this.#neverFalling(others)));
    return samples;
  }

  #isNamed(id: AppId): boolean {
    if (this.#named.has(id)) return true;
    // One that was in the sum stays there, or the sum would fall.
    if (this.#last.size > 0 || this.#named.size >= this.#most || id === OTHERS) return false;
    this.#named.add(id);
    return true;
  }

  #neverFalling(others: Values): Values {
    const values = { ...others };
    for (const name of COUNTER_NAMES) {
      const fallen = (this.#last.get(name) ?? 0) - others[name];
      if (fallen > 0) this.#gone.set(name, (this.#gone.get(name) ?? 0) + fallen);
      this.#last.set(name, others[name]);
      values[name] += this.#gone.get(name) ?? 0;
    }
    return values;
  }
}

function addValues(values: Values, { connections, channels, usage }: Space): void {
  values.vask_app_connections += connections.size;
  for (const { subscribers, kind } of channels.values()) {
    // The channel of a user is no channel of the app's making.
    if (subscribers === 0 || kind.serverToUser) continue;
    values.vask_app_channels++;
    values.vask_app_subscriptions += subscribers;
  }
  for (const name of COUNTER_NAMES) values[name] += usage[COUNTERS[name]];
}

function noValues(): Values {
  return Object.fromEntries([...GAUGES, ...COUNTER_NAMES].map((name) => [name, 0])) as Values;
}

function samplesOf(app: string, values: Values): readonly Sample[] {
  return [...GAUGES, ...COUNTER_NAMES].map((metric) => ({ metric, value: values[metric], labels: { app } }));
}
