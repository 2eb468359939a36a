// The address of Redis or Valkey, as people write it: one server, the sentinels of one, or the seeds of a cluster.

export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The server, the sentinels or the seeds. */
  readonly hosts: readonly HostAndPort[];
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly tls: boolean;
  /** As the sentinels call the server; null of the other kinds. */
  readonly masterName: string | null;
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: string | null;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;
const LAST_PORT = 65_535;

const FORMS =
  'must be an address such as redis://user:password@host:6379/0, rediss://host (TLS), redis://host1:6379,host2:6379 ' +
  '(a cluster; redis+cluster://host with one seed) or redis+sentinel://host1:26379,host2:26379/NAME';

const CREDENTIALS =
  'must have user:password@ or :password@ before the host, where %, @, /, comma and other signs are written as %25, ' +
  '%40, %2F, %2C';
const MASK = '********';

const SCHEME = /^(redis|valkey)(s?)(?:\+(sentinel|cluster))?:\/\//;
const HOST = /^(?:\[([0-9a-f:.]+)\]|([-_.a-z0-9]+))(?::(\d{1,5}))?$/i;
const DATABASE = /^\d{1,5}$/;

/** The address, or what is wrong with the text as the end of a sentence about it. Quotes nothing, for it has secrets. */
export function parseRedisUrl(text: string): RedisAddress | string {
  const [start, , secured, form] = SCHEME.exec(text) ?? [];
  if (start === undefined || /[\s\p{Cc}]/u.test(text)) return FORMS;
  // Each server of a list may be written with the scheme of the first.
  const rest = text.slice(start.length).replaceAll(`,${start}`, ',');
  const [, authority = '', path = '', query = ''] = /^([^/?#]*)([^?#]*)(\?[^#]*)?$/.exec(rest) ?? [];
  const servers = authority.split(',').map((server) => /^(?:(.*)@)?([^@]*)$/.exec(server) ?? []);
  const users = new Set(servers.flatMap(([, user]) => (user === undefined ? [] : [user])));
  if (users.size > 1) return 'must have one user and password for all of its servers';
  const credentials = credentialsOf([...users][0] ?? '');
  if (credentials === null) return CREDENTIALS;
  const kind = form === 'sentinel' ? 'sentinel' : form === 'cluster' || servers.length > 1 ? 'cluster' : 'single';
  const hosts = servers.map(([, , name = '']) => hostOf(name, kind === 'sentinel' ? SENTINEL_PORT : REDIS_PORT));
  if (!hosts.every((host) => host !== null)) return FORMS;
  const target = kind === 'sentinel' ? sentinelTargetOf(path, query) : targetOf(path, query, kind);
  if (typeof target === 'string') return target;
  return { kind, hosts, ...credentials, tls: secured === 's', ...target };
}

/** A right address as it was written, with stars where its secrets are. */
export function maskRedisUrl(text: string): string {
  return text.replaceAll(/(\/\/|,)([^:@/?#,]*:)[^/?#,]*@/g, `$1$2${MASK}@`).replace(/\?.*$/s, `?${MASK}`);
}

type Credentials = Pick<RedisAddress, 'username' | 'password'>;
type Target = Pick<RedisAddress, 'database' | 'masterName' | 'sentinelUsername' | 'sentinelPassword'>;

/** Null when they are no credentials: a user without a password is most likely a password without its colon. */
function credentialsOf(text: string): Credentials | null {
  if (text === '') return { username: null, password: null };
  const colon = text.indexOf(':');
  try {
    const username = decodeURIComponent(text.slice(0, Math.max(colon, 0)));
    const password = decodeURIComponent(text.slice(colon + 1));
    return colon < 0 || password === '' || text.includes('@')
      ? null
      : { username: username === '' ? null : username, password };
  } catch {
    return null;
  }
}

function hostOf(text: string, defaultPort: number): HostAndPort | null {
  const [whole, address, name, digits] = HOST.exec(text) ?? [];
  if (whole === undefined) return null;
  const port = digits === undefined ? defaultPort : Number(digits);
  return port === 0 || port > LAST_PORT ? null : { host: address ?? name ?? '', port };
}

function targetOf(path: string, query: string, kind: 'single' | 'cluster'): Target | string {
  const database = path.replace(/^\//, '');
  if (query !== '' || !(database === '' || DATABASE.test(database))) return FORMS;
  if (kind === 'cluster' && Number(database) !== 0) return 'must not name a database: a cluster has only the first';
  return { database: Number(database), masterName: null, sentinelUsername: null, sentinelPassword: null };
}

function sentinelTargetOf(path: string, query: string): Target | string {
  const [, name = '', database = '', ...others] = path.split('/');
  if (name === '') return 'must say what the sentinels call the server: redis+sentinel://host:26379/NAME';
  const parameters = new URLSearchParams(query);
  const sentinelUsername = parameters.get('sentinelUsername');
  const sentinelPassword = parameters.get('sentinelPassword');
  const known = [sentinelUsername, sentinelPassword].filter((value) => value !== null).length;
  if (others.length > 0 || !(database === '' || DATABASE.test(database)) || parameters.size !== known) return FORMS;
  if (!URL.canParse(`http://host/${name}`) || !/^(%[0-9a-f]{2}|[^%])+$/i.test(name)) return FORMS;
  return { database: Number(database), masterName: decodeURIComponent(name), sentinelUsername, sentinelPassword };
}

/** The address for people, without its secrets. */
export function describeAddress(address: RedisAddress): string {
  const hosts = address.hosts.map(describeHost).join(', ');
  const place = address.kind === 'sentinel' ? `the sentinels ${hosts} of ${address.masterName}` : hosts;
  const kind = address.kind === 'cluster' ? 'the cluster of ' : '';
  return `${kind}${place}${address.database === 0 ? '' : `, database ${address.database}`}${address.tls ? ', with TLS' : ''}`;
}

export function describeHost({ host, port }: HostAndPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
