// The settings of the server in one table: name, default, check and documentation. The names of environment variables
// and flags follow from the name. docs/configuration.md lists the same, and a test compares.
import type { AppSettings } from '../core/app.ts';
import type { LogLevel } from '../telemetry/log-events.ts';
import { BOUNDS } from './bounds.ts';
import { lineOfText, listOf, oneOf, orNone, wholeNumber } from './check.ts';
import { nodeNameCheck, redisPrefixCheck, redisUrlCheck } from './cluster-checks.ts';
import { metricsCheck } from './metrics-check.ts';
import { allowedHostCheck, hostCheck, pathPrefixCheck, proxyCheck, publicUrlCheck } from './network.ts';
import { number, parseNumber, type Setting, splitList, text } from './setting.ts';
import { databaseUrlCheck, secretKeyCheck } from './storage-checks.ts';

/** What the program sees of its configuration. Frozen, with all that is in it. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsSettings | null;
  readonly pathPrefix: string;
  /** Empty when it is the address of the first listener. */
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
  readonly dataDirectory: string;
  /** Null keeps everything in SQLite, in the data directory. */
  readonly databaseUrl: string | null;
  /** Null keeps the key in the data directory. */
  readonly secretKey: string | null;
  /** Null when there is no other node. */
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  /** Null believes the certificate authorities of the system. */
  readonly redisCa: string | null;
  /** Empty when it is made of the host and the process. */
  readonly nodeName: string;
  readonly workers: number;
  readonly reusePort: 'on' | 'off';
  readonly dashboard: 'on' | 'off';
  /** Null for a dashboard on the ports of the rest. */
  readonly dashboardPort: number | null;
  /** `off`, `local`, `open`, or the token that opens it. */
  readonly metrics: string;
  readonly metricsApps: number;
  readonly logLevel: LogLevel;
  readonly logFormat: 'auto' | 'json' | 'text';
  readonly activityTimeoutSeconds: number;
  readonly pongTimeoutSeconds: number;
  readonly inactiveTimeoutSeconds: number;
  readonly maxConnections: number;
  readonly backlogBytes: number;
  readonly backlogTotalBytes: number;
  readonly connectRate: number;
  readonly connectionsPerAddress: number;
  readonly clientMessageRate: number;
  readonly clientByteRate: number;
  readonly subscriptionRate: number;
  readonly badAuthRate: number;
  readonly badRequestRate: number;
  readonly overloadLagMs: number;
  readonly overloadMemoryBytes: number;
  readonly shutdownSeconds: number;
  readonly signatureWindowSeconds: number;
  readonly requestTimeoutSeconds: number;
  readonly accountGraceSeconds: number;
  readonly webhookGraceSeconds: number;
  readonly webhookRetrySeconds: number;
  readonly webhookDisableHours: number;
  readonly webhookAllowedHosts: readonly string[];
  readonly apps: readonly AppSettings[];
}

export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** Where TLS is spoken beside the plain `port`; null when `port` itself speaks it. */
  readonly port: number | null;
}

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export const SETTINGS = {
  host: text(
    '0.0.0.0',
    'ADDRESS',
    hostCheck,
    'Address to listen on; `0.0.0.0` is every IPv4 address, `::` every address.',
  ),
  port: number(6_001, 0, 65_535, 'Port for WebSocket and HTTP; 0 takes any free one.'),
  'tls.cert': text(null, 'FILE', lineOfText(4_096), 'PEM file with the certificate and its chain. Needs `tls.key`.'),
  'tls.key': text(null, 'FILE', lineOfText(4_096), 'PEM file with the private key of the certificate.'),
  'tls.port': {
    default: null,
    takes: 'NUMBER',
    fromText: parseNumber,
    check: orNone(wholeNumber(0, 65_535)),
    bounds: [0, 65_535],
    doc: 'Port for TLS beside the plain `port`. Without it, `port` itself speaks TLS when there is a certificate.',
  },
  pathPrefix: text(
    '',
    'PATH',
    pathPrefixCheck,
    'Path before `/app` and `/apps`, for a proxy that passes it on: `/realtime`.',
  ),
  publicUrl: text(
    '',
    'URL',
    publicUrlCheck,
    'Address by which people reach the server, path included, for links and cookies: `https://vask.example`. Without it, that of the first listener.',
  ),
  trustedProxies: {
    default: [],
    takes: 'LIST',
    fromText: splitList,
    check: listOf(proxyCheck),
    bounds: null,
    doc: 'Addresses or subnets of reverse proxies whose `X-Forwarded-…` headers are believed. As text: separated by commas.',
  },
  dataDirectory: text(
    './vask-data',
    'PATH',
    lineOfText(4_096),
    'Directory for what the server keeps, such as the ready-made app.',
  ),
  databaseUrl: text(
    null,
    'URL',
    databaseUrlCheck,
    'PostgreSQL database for apps, accounts and usage, which several nodes may share: `postgres://user:password@host/name`. Without it they are kept in SQLite, in `vask.db` of the `dataDirectory`.',
  ),
  secretKey: text(
    null,
    'KEY',
    secretKeyCheck,
    'Key that seals the secrets in the database, the same on every node: 32 bytes in base64, as `openssl rand -base64 32` makes them. Better given by the variable than by the flag. Without it one is made and kept in `secret.key` of the `dataDirectory`; keep a copy, since nothing opens the secrets without it.',
  ),
  redisUrl: text(
    null,
    'URL',
    redisUrlCheck,
    'Redis 6.2 or later, or Valkey, by which several nodes are one: `redis://user:password@host:6379/0`, `rediss://` for TLS, `redis://host1,host2` for a cluster, `redis+sentinel://host1,host2/NAME` for sentinels. Better given by the variable than by the flag. Without it the server is alone.',
  ),
  redisPrefix: text(
    'vask:',
    'TEXT',
    redisPrefixCheck,
    'What the names of all keys and channels in Redis begin with. Nodes with the same prefix are one.',
  ),
  redisCa: text(
    null,
    'FILE',
    lineOfText(4_096),
    'PEM file with the certificate authority of Redis. Without it, those of the system are believed.',
  ),
  nodeName: text(
    '',
    'NAME',
    nodeNameCheck,
    'What the node is called in logs and lists. Without it, the name of the host and the number of the process.',
  ),
  dashboard: text(
    'on',
    'on|off',
    oneOf(['on', 'off']),
    '`on` serves the dashboard under `/dashboard` and this documentation under `/docs`; `off` serves neither.',
  ),
  dashboardPort: {
    default: null,
    takes: 'NUMBER',
    fromText: parseNumber,
    check: orNone(wholeNumber(0, 65_535)),
    bounds: [0, 65_535],
    doc: 'Port for the dashboard and the admin API alone, which are not served on the other ports then. Without it they are on the ports of the rest.',
  },
  workers: number(
    1,
    1,
    64,
    'Processes that share the port and its connections, one for each processor that the server is to use.',
  ),
  reusePort: text(
    'off',
    'on|off',
    oneOf(['on', 'off']),
    '`on` lets another process of the same user listen on the same ports, so that a new version starts while the old one still serves; the old one takes nothing new from when it is asked to stop.',
  ),
  metrics: text(
    'local',
    'off|local|open|TOKEN',
    metricsCheck,
    'Who may read `/metrics`: nobody with `off`; this machine with `local`, unless a proxy that is not trusted stands between; everybody with `open`; or whoever sends this token of 16 or more characters as `Authorization: Bearer`. Better given by the variable than by the flag.',
  ),
  metricsApps: number(
    100,
    0,
    10_000,
    'How many apps have metrics of their own; the rest of them is summed up as `other`.',
  ),
  logLevel: text('info', 'LEVEL', oneOf(LOG_LEVELS), 'Least level that is logged: `debug`, `info`, `warn` or `error`.'),
  logFormat: text(
    'auto',
    'FORMAT',
    oneOf(['auto', 'json', 'text']),
    '`json`, `text`, or `auto`: text on a terminal, else JSON lines.',
  ),
  activityTimeoutSeconds: number(
    120,
    1,
    86_400,
    'Seconds of silence after which client and server ask each other for a sign of life.',
  ),
  pongTimeoutSeconds: number(30, 1, 3_600, 'Seconds for the answer; without one the connection is closed with 4201.'),
  inactiveTimeoutSeconds: number(
    86_400,
    1,
    31_536_000,
    'Seconds without a message after which a connection that has no subscription is closed with 4202.',
  ),
  ...BOUNDS,
  shutdownSeconds: number(
    0,
    0,
    600,
    'Seconds over which a graceful stop spreads the closes. 0, all at once, suits a single node; several nodes behind a balancer want some.',
  ),
  signatureWindowSeconds: number(600, 1, 86_400, 'Seconds by which the timestamp of a signed request may be off.'),
  requestTimeoutSeconds: number(
    75,
    1,
    255,
    'Seconds after which an HTTP connection on which nothing moves is closed, waiting for the next request included. Keep it above the idle time-out of a proxy in front.',
  ),
  accountGraceSeconds: number(
    3_600,
    0,
    2_592_000,
    'Seconds for which the apps of an account may together exceed its quota of connections before new ones are refused.',
  ),
  webhookGraceSeconds: number(
    3,
    0,
    3_600,
    'Seconds before backends are told that a channel is vacated or a member removed; whoever is back by then has never left.',
  ),
  webhookRetrySeconds: number(
    300,
    0,
    2_592_000,
    'Seconds for which a webhook that is not taken is posted again, before it becomes a dead letter.',
  ),
  webhookDisableHours: number(
    72,
    0,
    87_600,
    'Hours of nothing but failures after which an endpoint is switched off. 0: never.',
  ),
  webhookAllowedHosts: {
    default: [],
    takes: 'LIST',
    fromText: splitList,
    check: listOf(allowedHostCheck),
    bounds: null,
    doc: 'Hosts that webhooks may be posted to though they are not public, also without TLS: `hooks.internal`, `127.0.0.1:8080`, `*.internal`. As text: separated by commas.',
  },
} satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingName = keyof typeof SETTINGS;

export type SettingValues = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
};

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** `tls.port` → `VASK_TLS_PORT`, `logLevel` → `VASK_LOG_LEVEL`. */
export function variableOf(name: string): string {
  return `VASK_${words(name, '_').toUpperCase()}`;
}

/** `tls.port` → `tls-port`, `logLevel` → `log-level`; the dashes before it are not part of the name. */
export function flagOf(name: string): string {
  return words(name, '-').toLowerCase();
}

function words(name: string, separator: string): string {
  return name.replaceAll('.', separator).replaceAll(/[A-Z]/g, (capital) => separator + capital);
}
