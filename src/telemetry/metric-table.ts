// All metrics in one table: name, type, labels and what they say. docs/metrics.md lists the same, and a test compares.

export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** One sentence, which Prometheus shows too. */
  readonly help: string;
}

const PER_APP = ['app'];

// biome-ignore format: a table is read row by row
export const METRICS = {
  vask_build_info: gauge(['version', 'bun'], 'Always 1; the labels say what runs.'),
  vask_ready: gauge([], '1 while the node should get new connections, as /ready says, else 0.'),
  vask_overloaded: gauge([], '1 while nobody else is let in because there is too much to do, else 0.'),
  vask_apps: gauge([], 'Apps that the node knows, of the configuration and of the database.'),
  vask_connections: gauge([], 'Open WebSocket connections.'),
  vask_connections_max: gauge([], 'How many connections fit.'),
  vask_connections_opened_total: counter([], 'Connections that were let in.'),
  vask_connections_closed_total: counter(['code'], 'Connections that were let in and are gone, by close code; 1006 is one that ended without a word.'),
  vask_connections_refused_total: counter(['code'], 'Connections that were not let in, by close code.'),
  vask_flooded_total: counter(['limit'], 'What strangers were denied because it was too much, by the setting that bounds it.'),
  vask_backlog_bytes: gauge([], 'Bytes that wait for clients which do not read, when last looked at.'),
  vask_slow_readers_closed_total: counter([], 'Connections that were cut off because too much waited for them.'),
  vask_commands_refused_total: counter(['code'], 'Messages of clients that were answered by an error, by its code, or none.'),
  vask_cache_misses_total: counter([], 'Subscriptions to cache channels that had nothing to remember.'),
  vask_failures_total: counter([], 'What should not fail and did; each is in the log as `failed`.'),
  vask_http_requests_total: counter(['status'], 'Requests of backends and health checks that were answered, by class of status.'),
  vask_http_request_duration_seconds: histogram('Time from a request of a backend to its answer.'),
  vask_app_connections: gauge(PER_APP, 'Open connections of the app on this node.'),
  vask_app_channels: gauge(PER_APP, 'Channels of the app with subscribers on this node.'),
  vask_app_subscriptions: gauge(PER_APP, 'Subscriptions of the connections of the app on this node.'),
  vask_app_publishes_total: counter(PER_APP, 'Events that backends sent, one for each channel or user.'),
  vask_app_client_events_total: counter(PER_APP, 'Events that clients sent to each other.'),
  vask_app_http_requests_total: counter(PER_APP, 'Signed requests that were let in.'),
  vask_app_messages_received_total: counter(PER_APP, 'Messages that clients sent.'),
  vask_app_messages_sent_total: counter(PER_APP, 'Messages to subscribers, one for each of them.'),
  vask_app_received_bytes_total: counter(PER_APP, 'Characters of what clients sent and of the bodies of requests.'),
  vask_app_sent_bytes_total: counter(PER_APP, 'Characters of the messages to subscribers.'),
  vask_app_errors_total: counter(PER_APP, 'Connections, messages and requests of the app that were refused.'),
  vask_webhook_events_waiting: gauge([], 'Events that wait to be posted, or are being posted.'),
  vask_webhook_dead_letters: gauge([], 'Deliveries that were given up and are kept.'),
  vask_webhook_attempts_total: counter([], 'Posts of webhooks.'),
  vask_webhook_failures_total: counter([], 'Posts of webhooks that were not taken.'),
  vask_cluster_absent: gauge([], '1 while the node cannot agree with the others, else 0.'),
  vask_cluster_nodes: gauge([], 'Nodes that take part, this one included.'),
  vask_cluster_lag_seconds: gauge([], 'How long a message of this node to itself took by way of the cluster.'),
  vask_cluster_returns_total: counter([], 'How often the node has come back after it could not agree with the others.'),
  vask_cluster_repairs_total: counter([], 'Differences that were found and mended after such an absence.'),
  vask_event_loop_lag_seconds: gauge([], 'By how much the last turn of a timer came late.'),
  vask_event_loop_lag_max_seconds: gauge([], 'By how much one came late at most, in the last minute.'),
  vask_certificate_expiry_time_seconds: gauge([], 'When the certificate that is served ends, in seconds since 1970.'),
  process_cpu_seconds_total: counter([], 'Time that processors spent on the process.'),
  process_resident_memory_bytes: gauge([], 'Memory that the process takes up.'),
  process_heap_bytes: gauge([], 'Memory of the JavaScript heap that is in use.'),
  process_open_fds: gauge([], 'File descriptors that are open.'),
  process_max_fds: gauge([], 'File descriptors that may be.'),
  process_start_time_seconds: gauge([], 'When the process began, in seconds since 1970.'),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

function counter(labels: readonly string[], help: string): Metric {
  return { type: 'counter', labels, help };
}

function gauge(labels: readonly string[], help: string): Metric {
  return { type: 'gauge', labels, help };
}

function histogram(help: string): Metric {
  return { type: 'histogram', labels: ['le'], help };
}
