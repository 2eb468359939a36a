// What a reverse proxy says of the client behind it. Only proxies that the configuration trusts are believed.
import { BlockList, isIP } from 'node:net';

/** Whether the peer is a trusted proxy. */
export type TrustsPeer = (address: string) => boolean;

/** @param trusted addresses and subnets (`10.0.0.0/8`), checked by the configuration. */
export function trustProxies(trusted: readonly string[]): TrustsPeer {
  if (trusted.length === 0) return () => false;
  const list = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (peer) => {
    // A listener on all addresses sees IPv4 peers in their IPv6 form.
    const address = peer.startsWith('::ffff:') ? peer.slice(7) : peer;
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Whether the client itself speaks TLS, to this server or to the proxy in front of it. */
export function isSecure(headers: Headers, isListenerSecure: boolean, isPeerTrusted: boolean): boolean {
  if (!isPeerTrusted) return isListenerSecure;
  const forwarded = headers.get('x-forwarded-proto');
  if (forwarded === null) return isListenerSecure;
  // Of several proxies, the first one named is the one that the client spoke to.
  const scheme = forwarded.split(',', 1)[0]?.trim().toLowerCase();
  return scheme === 'https' || scheme === 'wss';
}
