// A real Vask on a free port of the loopback interface, in this process.
import type { Config } from '../../src/config/schema.ts';
import { startServer } from '../../src/server.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { RawClient } from './client.ts';
import { APP_ID, appSettings, KEY, SECRET, signedQuery, type TestApp } from './credentials.ts';

export interface TestServer {
  /** `http://127.0.0.1:PORT`, or https where the only listener speaks TLS. */
  readonly url: string;
  /** Of all listeners, in the order plain, TLS. */
  readonly urls: readonly string[];
  readonly port: number;
  readonly app: { readonly id: string; readonly key: string; readonly secret: string };
  readonly logLines: string[];
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
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    pathPrefix: '',
    trustedProxies: [],
    dataDirectory: '',
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
    ...changes,
    apps: (apps ?? [app ?? {}]).map(appSettings),
  };
  const server = startServer(
    config,
    createLogger(config.logLevel, 'json', Date.now, (line) => void logLines.push(line)),
    lingerMs,
  );
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
    stop: () => server.stop(),
  };
}
