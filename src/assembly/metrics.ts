// GET /metrics: who may read it, and from where the numbers come. Everything is read when somebody asks.
import { isSameSecret } from '../admin/credentials.ts';
import type { Config } from '../config/schema.ts';
import type { Engine } from '../engine/engine.ts';
import type { Clock, NodeReport } from '../engine/ports.ts';
import { descriptorLimit } from '../system/descriptors.ts';
import { VERSION } from '../system/version.ts';
import { AppMetrics } from '../telemetry/app-metrics.ts';
import { EXPOSITION_TYPE, exposition, type Sample } from '../telemetry/exposition.ts';
import { clusterSamples, nodeSamples } from '../telemetry/node-metrics.ts';
import { measureLoopLag, processSamples } from '../telemetry/process-metrics.ts';
import type { WebhookState } from '../webhooks/delivery.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';

/** A part that does not answer within that time is left out: whoever asks has a time-out of its own. */
const PATIENCE_MS = 2_000;

export interface Metrics {
  /** Those of this process. */
  own(): readonly Sample[];
  /** All of them, as text. */
  text(): Promise<string>;
  stop(): void;
}

export interface MetricsParts {
  readonly engine: Engine;
  readonly webhooks: Pick<Webhooks, 'state'>;
  /** When the certificate ends; null without TLS. */
  readonly certificateExpiresAtMs: () => number | null;
  /** How many apps are named. */
  readonly apps: number;
  /** Those of all processes of this server, each with its number; null for a server of one process. */
  readonly ofWorkers: (() => Promise<readonly Sample[]>) | null;
}

export function openMetrics({ engine, webhooks, apps, ofWorkers, certificateExpiresAtMs }: MetricsParts): Metrics {
  const { clock } = engine;
  const appMetrics = new AppMetrics(apps);
  const lag = measureLoopLag(clock, () => performance.now());
  const build: Sample = { metric: 'vask_build_info', value: 1, labels: { version: VERSION, bun: Bun.version } };
  const maxDescriptors = descriptorLimit();
  const own = (): readonly Sample[] => [
    ...nodeSamples(engine),
    ...appMetrics.samples(engine.spaces),
    ...lag.samples(),
    ...processSamples(maxDescriptors),
    ...certificateSamples(certificateExpiresAtMs()),
  ];
  return {
    own,
    async text() {
      const [ofProcesses, nodes, state] = await Promise.all([
        ofWorkers === null ? own() : inTime(clock, ofWorkers(), []),
        inTime<readonly NodeReport[] | null>(clock, askNodes(engine), null),
        inTime<WebhookState | null>(clock, webhooks.state(), null),
      ]);
      return exposition([build, ...ofProcesses, ...clusterSamples(nodes), ...webhookSamples(state)]);
    },
    stop: lag.stop,
  };
}

async function askNodes({ cluster: { liveness } }: Engine): Promise<readonly NodeReport[] | null> {
  return liveness.absence === null ? await liveness.nodes() : null;
}

function certificateSamples(expiresAtMs: number | null): readonly Sample[] {
  return expiresAtMs === null ? [] : [{ metric: 'vask_certificate_expiry_time_seconds', value: expiresAtMs / 1000 }];
}

function webhookSamples(state: WebhookState | null): readonly Sample[] {
  if (state === null) return [];
  return [
    { metric: 'vask_webhook_events_waiting', value: state.waiting },
    { metric: 'vask_webhook_dead_letters', value: state.deadLetters },
    { metric: 'vask_webhook_attempts_total', value: state.attempts },
    { metric: 'vask_webhook_failures_total', value: state.failures },
  ];
}

/** What cannot be known at present is left out; that it cannot is told elsewhere. */
function inTime<Value>(clock: Clock, asked: Promise<Value>, otherwise: Value): Promise<Value> {
  return new Promise((resolve) => {
    const cancel = clock.after(PATIENCE_MS, () => resolve(otherwise));
    asked.then(resolve, () => resolve(otherwise)).finally(cancel);
  });
}

export interface Asking {
  readonly method: string;
  readonly headers: Headers;
  /** Of the client, behind trusted proxies. */
  readonly address: string;
  /** Whether it is a proxy of ours that asks for somebody. */
  readonly isPeerTrusted: boolean;
}

/** Headers of a proxy. One that nobody has told us to trust must not pass for somebody on this machine. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'];

/** Answers `GET /metrics`. */
export async function answerMetrics(
  { metrics }: Pick<Config, 'metrics'>,
  asking: Asking,
  text: () => Promise<string>,
): Promise<Response> {
  if (asking.method !== 'GET' && asking.method !== 'HEAD') {
    return new Response('Method not allowed\n', { status: 405, headers: { allow: 'GET, HEAD' } });
  }
  if (metrics === 'local' && !isLocal(asking)) {
    return new Response('Only for this machine; see the setting `metrics`\n', { status: 403 });
  }
  if (metrics !== 'local' && metrics !== 'open' && !hasToken(asking.headers, metrics)) {
    return new Response('A token is needed\n', { status: 401, headers: { 'www-authenticate': 'Bearer' } });
  }
  return new Response(await text(), { headers: { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' } });
}

function isLocal({ address, headers, isPeerTrusted }: Asking): boolean {
  if (!isPeerTrusted && PROXY_HEADERS.some((name) => headers.has(name))) return false;
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

function hasToken(headers: Headers, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  return isSameSecret(token, given);
}
