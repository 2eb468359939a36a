// The effective configuration for people and programs, with the source of each value and without any secret.
import type { AppSettings } from '../core/app.ts';
import type { WebhookSettings } from '../core/facts.ts';
import { maskRedisUrl } from '../redis/address.ts';
import { leavesOf } from './leaves.ts';
import type { Sources } from './load.ts';
import { isMetricsToken } from './metrics-check.ts';
import type { Config } from './schema.ts';

const MASK = '********';

/** One line for each value: its path, the value, and where it came from. */
export function describeConfig(config: Config, sources: Sources): string {
  const rows = leavesOf(maskSecrets(config), '').map(([path, value]) => [path, shown(value), sourceOf(path, sources)]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([path = '', value = '', source = '']) => {
    const line = `${path.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${source}`;
    return /^apps\[\d+\]\.id$/.test(path) ? `\n${line}` : line;
  });
  return `${lines.join('\n')}\n`;
}

/** The same as JSON: the configuration, and the source of each of its values by path. */
export function describeConfigAsJson(config: Config, sources: Sources): string {
  const masked = maskSecrets(config);
  const origins = Object.fromEntries(leavesOf(masked, '').map(([path]) => [path, sourceOf(path, sources)]));
  return `${JSON.stringify({ config: masked, sources: origins }, null, 2)}\n`;
}

function maskSecrets(config: Config): Config {
  const maskHeaders = (webhook: WebhookSettings): WebhookSettings => ({
    ...webhook,
    headers: Object.fromEntries(Object.keys(webhook.headers).map((name) => [name, MASK])),
  });
  const maskApp = (app: AppSettings): AppSettings => ({
    ...app,
    keys: app.keys.map(({ key }) => ({ key, secret: MASK })),
    webhooks: app.webhooks.map(maskHeaders),
  });
  const databaseUrl = config.databaseUrl === null ? null : maskUrl(config.databaseUrl);
  const secretKey = config.secretKey === null ? null : MASK;
  const redisUrl = config.redisUrl === null ? null : maskRedisUrl(config.redisUrl);
  const metrics = isMetricsToken(config.metrics) ? MASK : config.metrics;
  return { ...config, databaseUrl, secretKey, redisUrl, metrics, apps: config.apps.map(maskApp) };
}

/** The address without its password, which may stand in the query as well. */
function maskUrl(text: string): string {
  const { protocol, username, password, host, pathname, search } = new URL(text);
  const user = password === '' ? username : `${username}:${MASK}`;
  return `${protocol}//${user === '' ? '' : `${user}@`}${host}${pathname}${search === '' ? '' : `?${MASK}`}`;
}

function shown(value: unknown): string {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return '(none)';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

// `userAuthentication: true` is the source of all that follows from it.
function sourceOf(path: string, sources: Sources): string {
  const source = sources.get(path);
  if (source !== undefined) return source;
  const outer = path.replace(/(\.\w+|\[\d+\])$/, '');
  return outer === path ? 'default' : sourceOf(outer, sources);
}
