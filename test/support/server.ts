// A real Vask on a free port of the loopback interface, in this process: one node, or as many as TEST_NODES says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/schema.ts';
import { startServer } from '../../src/server.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { createLogger, type Logger } from '../../src/telemetry/logger.ts';
import { RawClient } from './client.ts';
import { type RunningCluster, startNodes } from './cluster-server.ts';
import { APP_ID, appSettings, KEY, SECRET, signedQuery, type TestApp } from './credentials.ts';
import { expectNoSecret, keepSecret } from './secrets.ts';
import { TEST_NODES } from './test-nodes.ts';

/** Drawing and keeping one would cost each test a file. */
const SECRET_KEY = Buffer.alloc(32, 1).toString('base64');

export interface TestServer {
  /** `http://127.0.0.1:PORT`, or https where the only listener speaks TLS. */
  readonly url: string;
  /** Of all listeners, in the order plain, TLS. */
  readonly urls: readonly string[];
  readonly port: number;
  readonly app: { readonly id: string; readonly key: string; readonly secret: string };
  readonly logLines: string[];
  /** What it keeps; closed with it. Of several nodes, as the first one has it. */
  readonly store: Store;
  /** A client that is connected and has read its greeting. */
  client(query?: string): Promise<RawClient>;
  /** Where a WebSocket connects. */
  webSocketUrl(pathAndQuery?: string): string;
  /** A signed request as the app's backend makes it. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
  stop(): Promise<void>;
}

export interface RequestOptions {
  readonly body?: string | object;
  readonly parameters?: Record<string, string>;
  readonly nowMs?: number;
  readonly key?: string;
  readonly secret?: string;
}

export interface TestServerOptions extends Partial<Omit<Config, 'apps'>> {
  readonly app?: TestApp;
  readonly apps?: readonly TestApp[];
  /** So many, whatever the run has. */
  readonly nodes?: number;
  /** How long the stopping server answers those who come back. */
  readonly lingerMs?: number;
}

export function startVask(options: TestServerOptions = {}): Promise<TestServer> {
  // A bound on the connections of one node says nothing of so many nodes that each has room.
  const nodes = Math.min(TEST_NODES, options.maxConnections || TEST_NODES);
  return startVaskCluster({ nodes, ...options });
}

export interface TestClusterOptions extends TestServerOptions {
  /** One needs no Redis; several are reached by a balancer. */
  readonly nodes: number;
}

/** Nothing is bounded by the address, since all clients of a test have one; and nothing is waited for that need not be. */
const DEFAULTS: Omit<Config, 'apps' | 'dataDirectory'> = {
  host: '127.0.0.1',
  port: 0,
  tls: null,
  pathPrefix: '',
  publicUrl: '',
  trustedProxies: [],
  databaseUrl: null,
  secretKey: SECRET_KEY,
  redisUrl: null,
  redisPrefix: 'vask:',
  redisCa: null,
  nodeName: '',
  workers: 1,
  reusePort: 'off',
  dashboard: 'on',
  dashboardPort: null,
  metrics: 'local',
  metricsApps: 100,
  logLevel: 'debug',
  logFormat: 'json',
  activityTimeoutSeconds: 120,
  pongTimeoutSeconds: 30,
  inactiveTimeoutSeconds: 86_400,
  maxConnections: 0,
  backlogBytes: 1_048_576,
  backlogTotalBytes: 268_435_456,
  connectRate: 0,
  connectionsPerAddress: 0,
  clientMessageRate: 0,
  clientByteRate: 0,
  subscriptionRate: 0,
  badAuthRate: 0,
  badRequestRate: 0,
  overloadLagMs: 0,
  overloadMemoryBytes: 0,
  shutdownSeconds: 0,
  signatureWindowSeconds: 600,
  requestTimeoutSeconds: 10,
  accountGraceSeconds: 0,
  webhookGraceSeconds: 3,
  webhookRetrySeconds: 300,
  webhookDisableHours: 72,
  webhookAllowedHosts: [],
};

export async function startVaskCluster(options: TestClusterOptions): Promise<TestServer> {
  const { nodes, app, apps, lingerMs = 0, ...changes } = options;
  const logLines: string[] = [];
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vask-test-'));
  const config: Config = {
    ...DEFAULTS,
    dataDirectory,
    ...changes,
    apps: (apps ?? [app ?? {}]).map(appSettings),
  };
  for (const secret of secretsIn(config)) keepSecret(secret);
  const logger = createLogger(config.logLevel, 'json', Date.now, (line) => void logLines.push(line));
  const server = await (nodes === 1
    ? startAlone(config, logger, lingerMs)
    : startNodes(nodes, config, logger, lingerMs));
  const url = server.urls[0] ?? '';
  const webSocketUrl = (pathAndQuery = `/app/${KEY}?protocol=7&client=test&version=1.0`): string =>
    `${url.replace(/^http/, 'ws')}${pathAndQuery}`;
  return {
    url,
    urls: server.urls,
    port: Number(new URL(url).port),
    app: { id: APP_ID, key: KEY, secret: SECRET },
    logLines,
    webSocketUrl,
    client: async (query) => await (await new RawClient(webSocketUrl(query)).opened()).greeted(),
    async request(method, path, { body = '', parameters, ...options } = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const query = signedQuery(method, path, text, {
        ...options,
        ...(parameters === undefined ? {} : { parameters }),
      });
      const answer = await fetch(`${url}${path}?${query}`, { method, ...(text === '' ? {} : { body: text }) });
      // No answer to a backend holds a secret, nor does any frame (P-5.4).
      expectNoSecret(await answer.clone().text());
      return answer;
    },
    store: server.store,
    async stop() {
      await server.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
      // Whatever the test was about: no line of the log may hold a secret (P-5.4).
      expectNoSecret(logLines.join(''));
    },
  };
}

function secretsIn({ apps, secretKey }: Config): readonly string[] {
  return [...apps.flatMap(({ keys }) => keys.map(({ secret }) => secret)), secretKey ?? ''];
}

async function startAlone(config: Config, logger: Logger, lingerMs: number): Promise<RunningCluster> {
  const store = await openStore({ ...config, url: config.databaseUrl });
  return { ...(await startServer(config, logger, store, { lingerMs })), store };
}
