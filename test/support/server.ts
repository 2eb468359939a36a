// A real Vask on a free port of the loopback interface, in this process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/schema.ts';
import { startServer } from '../../src/server.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { RawClient } from './client.ts';
import { APP_ID, appSettings, KEY, SECRET, signedQuery, type TestApp } from './credentials.ts';

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
  /** What it keeps; closed with it. */
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
  /** How long the stopping server answers those who come back. */
  readonly lingerMs?: number;
}

export async function startVask({ app, apps, lingerMs = 0, ...changes }: TestServerOptions = {}): Promise<TestServer> {
  const logLines: string[] = [];
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vask-test-'));
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    pathPrefix: '',
    publicUrl: '',
    trustedProxies: [],
    dataDirectory,
    databaseUrl: null,
    secretKey: SECRET_KEY,
    logLevel: 'debug',
    logFormat: 'json',
    activityTimeoutSeconds: 120,
    pongTimeoutSeconds: 30,
    inactiveTimeoutSeconds: 86_400,
    maxConnections: 0,
    backlogBytes: 1_048_576,
    shutdownSeconds: 0,
    signatureWindowSeconds: 600,
    requestTimeoutSeconds: 10,
    accountGraceSeconds: 0,
    webhookGraceSeconds: 3,
    webhookRetrySeconds: 300,
    webhookDisableHours: 72,
    webhookAllowedHosts: [],
    ...changes,
    apps: (apps ?? [app ?? {}]).map(appSettings),
  };
  const logger = createLogger(config.logLevel, 'json', Date.now, (line) => void logLines.push(line));
  const store = await openStore({ ...config, url: config.databaseUrl });
  const server = await startServer(config, logger, store, lingerMs);
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
    request(method, path, { body = '', parameters, ...options } = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const query = signedQuery(method, path, text, {
        ...options,
        ...(parameters === undefined ? {} : { parameters }),
      });
      return fetch(`${url}${path}?${query}`, { method, ...(text === '' ? {} : { body: text }) });
    },
    store,
    async stop() {
      await server.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
