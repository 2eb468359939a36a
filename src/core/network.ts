// The name under which what comes from an address is counted.

declare const named: unique symbol;
export type NetworkName = string & { readonly [named]: true };

/** Null for an address of the machine itself, and where there is none. */
export function strangerAt(address: string): NetworkName | null {
  if (address === '' || address === '::1') return null;
  const network = networkOf(address);
  return network.startsWith('127.') ? null : (network as NetworkName);
}

/** What an attempt is counted under: whoever has IPv6 has a whole /64 of addresses. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    while (groups.length + last.length < 8) groups.push('0');
    groups.push(...last);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
