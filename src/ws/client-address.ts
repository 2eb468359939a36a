// Whose attempts are counted: behind proxies, the peer of the connection is not the client.
import { isIP } from 'node:net';

/**
 * The nearest address that is not one of ours. Each proxy appends whom it has heard from, so the header is read from its
 * end, and no further than trust goes: what stands before is what a stranger has written.
 */
export function clientAddress(headers: Headers, peer: string, isTrusted: (address: string) => boolean): string {
  let address = peer;
  const hops =
    headers
      .get('x-forwarded-for')
      ?.split(',')
      .map((hop) => hop.trim()) ?? [];
  while (hops.length > 0 && isTrusted(address)) {
    const before = hops.pop() ?? '';
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}
