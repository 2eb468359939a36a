// How a command finds the server and the credentials of an app: options first, then what the server itself would read.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appCheck } from '../config/apps.ts';
import { URL_VARIABLE } from '../config/environment.ts';
import { parseFile } from '../config/parse-file.ts';
import type { Config } from '../config/schema.ts';
import type { AppSettings } from '../core/app.ts';
import type { Options } from './command-table.ts';
import { configuration } from './configuration.ts';
import { Failure, UsageError } from './failure.ts';

export interface Credentials {
  /** The id of the app, or a key of it where the id is not known; either leads to it in a path. */
  readonly app: string;
  readonly key: string;
  readonly secret: string;
}

export const CREDENTIAL_OPTIONS = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    text: "the server's configuration, to find the app in (or VASK_CONFIG)",
  },
  key: { type: 'string', value: 'KEY', text: 'the key of the app, instead of looking it up' },
  secret: { type: 'string', value: 'SECRET', text: 'the secret that belongs to --key' },
} as const satisfies Options;

export const SERVER_OPTIONS = {
  url: {
    type: 'string',
    short: 'u',
    value: 'URL',
    text: 'the server, http(s)://host:port[/prefix] (or VASK_URL; default http://127.0.0.1:6001)',
  },
} as const satisfies Options;

/** For the help of commands that take an app. */
export const LOOKUP_DETAILS = `APP is the id or a key of an app. Its secret is looked up in --config FILE, in VASK_APP_ID, VASK_APP_KEY and
VASK_APP_SECRET, in the ready-made app of ./vask-data and in the database; or give --key and --secret.`;

interface Given {
  readonly config?: string | undefined;
  readonly key?: string | undefined;
  readonly secret?: string | undefined;
  readonly url?: string | undefined;
}

const EVERY_ADDRESS = ['0.0.0.0', '::', ''];

/** The address of the server, without a slash at its end. */
export function findServer(given: Given): string {
  const text = given.url ?? (process.env[URL_VARIABLE] || undefined);
  return text === undefined ? addressOf(configOf(given)) : parseServerUrl(text);
}

/** Takes a WebSocket address as well: both names lead to the same port. */
export function parseServerUrl(text: string): string {
  const url = URL.parse(/^\w+:\/\//.test(text) ? text : `http://${text}`);
  const scheme = url?.protocol.replace(/^ws/, 'http');
  if (url === null || (scheme !== 'http:' && scheme !== 'https:')) {
    throw new UsageError(`"${text}" is no address of a server; write http://host:port or https://host[/prefix].`);
  }
  return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

function addressOf({ host, port, tls, pathPrefix }: Config): string {
  if (port === 0) throw new UsageError('The configured port 0 is any free one; name the server with --url.');
  const name = EVERY_ADDRESS.includes(host) ? '127.0.0.1' : host;
  const isSecure = tls !== null && tls.port === null;
  return `${isSecure ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}${pathPrefix}`;
}

/** @param app id or key; null for the only one there is. */
export async function findCredentials(app: string | null, given: Given): Promise<Credentials> {
  const { key, secret } = given;
  if (key !== undefined && secret !== undefined) return { app: app ?? key, key, secret };
  if (secret !== undefined) throw new UsageError('--secret needs --key.');
  const config = configOf(given);
  const apps = [...config.apps.flatMap(pairsOf), ...readyMade(config.dataDirectory)];
  const wanted = key ?? app;
  const isWanted = (pair: Credentials) =>
    wanted === null || pair.key === wanted || (key === undefined && pair.app === wanted);
  const isComplete = wanted !== null && apps.some(isWanted);
  const all = isComplete ? apps : [...apps, ...(await inDatabase(config, wanted))];
  const found = all.find(isWanted);
  if (found === undefined) throw notFound(wanted, given, config);
  if (wanted === null && all.some((pair) => pair.app !== found.app)) {
    throw new UsageError('There are several apps; say which one with --app, or give --key and --secret.');
  }
  return found;
}

/** What it takes to look is loaded only when there is a database. */
async function inDatabase(config: Config, wanted: string | null): Promise<readonly Credentials[]> {
  const { hasDatabase, storedCredentials } = await import('./admin/stored-credentials.ts');
  return hasDatabase(config) ? await storedCredentials(config, wanted) : [];
}

function pairsOf({ id, keys }: AppSettings): readonly Credentials[] {
  return keys.map(({ key, secret }) => ({ app: id, key, secret }));
}

/** The app that the server made for itself at its first start without any. */
function readyMade(dataDirectory: string): readonly Credentials[] {
  const path = join(dataDirectory, 'app.json');
  if (!existsSync(path)) return [];
  const faults: string[] = [];
  const parsed = parseFile(path, readFileSync(path, 'utf8'));
  if ('fault' in parsed) throw new Failure(parsed.fault);
  const app = appCheck(parsed.value, '', (member, text) => faults.push(`${path}: ${member} ${text}`));
  if (app === undefined) throw new Failure(faults.join('\n'));
  return pairsOf(app);
}

function notFound(wanted: string | null, { config }: Given, { dataDirectory, databaseUrl }: Config): Failure {
  const file = config ?? (process.env.VASK_CONFIG || null);
  const places = [
    file === null ? 'no configuration file (there is no --config)' : `the configuration file ${file}`,
    'VASK_APP_ID, VASK_APP_KEY and VASK_APP_SECRET',
    join(dataDirectory, 'app.json'),
    databaseUrl === null ? join(dataDirectory, 'vask.db') : 'the database',
  ];
  const what = wanted === null ? 'No app was found.' : `No app with the id or key "${wanted}" was found.`;
  return new Failure(what, `Looked in: ${places.join('; ')}.\nGive --key and --secret, or --config FILE.`);
}

function configOf({ config }: Given): Config {
  return configuration({ config });
}
