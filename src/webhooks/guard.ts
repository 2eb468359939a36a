// Keeps webhooks from being a way into the network that this server stands in: only public HTTPS, unless a host is
// allowed by name. The address that was checked is the one that is connected to, so a name cannot change in between.
import { isAddress, isPublicAddress } from './address.ts';

/** Where a post goes. */
export interface Target {
  readonly address: string;
  readonly url: URL;
}

/** All addresses of a name; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

const LONGEST_URL = 2_000;

/** What is wrong with the URL, in words; null when a post may be tried. */
export function urlFault(text: string, allowedHosts: readonly string[]): string | null {
  if (text.length > LONGEST_URL) return `must have at most ${LONGEST_URL} characters`;
  const url = URL.parse(text);
  if (url === null) return 'must be a URL such as https://shop.example/webhooks';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (isAllowed(url, allowedHosts)) return null;
  if (url.protocol !== 'https:') return 'must begin with https://, unless its host is in webhookAllowedHosts';
  const hostname = bare(url.hostname);
  if (isAddress(hostname) ? !isPublicAddress(hostname) : !isPublicName(hostname)) {
    return 'must name a public host, unless it is in webhookAllowedHosts';
  }
  return null;
}

/** @throws {GuardError} when the URL or any address of its host is not allowed; others when the name has no address. */
export async function guard(text: string, allowedHosts: readonly string[], resolve: Resolve): Promise<Target> {
  const fault = urlFault(text, allowedHosts);
  if (fault !== null) throw new GuardError(`The URL ${fault}.`);
  const url = new URL(text);
  const hostname = bare(url.hostname);
  const addresses = isAddress(hostname) ? [hostname] : await resolve(hostname);
  const refused = isAllowed(url, allowedHosts) ? undefined : addresses.find((address) => !isPublicAddress(address));
  if (refused !== undefined) throw new GuardError(`${hostname} has the address ${refused}, which is not public.`);
  // IPv4 first: not every machine that has IPv6 can reach anything by it.
  const address = addresses.find((candidate) => !candidate.includes(':')) ?? addresses[0];
  if (address === undefined) throw new Error(`${hostname} has no address.`);
  return { address, url };
}

export class GuardError extends Error {}

/** @param allowedHosts `host`, `host:port` or `*.domain`. */
function isAllowed({ hostname, port, protocol }: URL, allowedHosts: readonly string[]): boolean {
  const name = bare(hostname);
  const truePort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return allowedHosts.some((allowed) => {
    const host = allowed.toLowerCase();
    if (host.startsWith('*.')) return name.endsWith(host.slice(1));
    return host === name || host === hostname || host === `${hostname}:${truePort}`;
  });
}

/** Names that only a local resolver knows. */
function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.+$/, '');
  return (
    name.includes('.') &&
    !/\.(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test|invalid|onion)$/.test(name)
  );
}

function bare(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
