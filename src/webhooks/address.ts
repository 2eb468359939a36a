// Which addresses belong to the public internet. Everything else may be a machine behind the same door as this server
// (docs/webhooks.md, W-5).

type Range = readonly [first: bigint, bits: number];

/** IPv4 ranges that are not public (RFC 6890 and its successors), multicast and the broadcast address included. */
const PRIVATE_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map((text) => rangeOf(text, parse4, 32));

/** All that is public in IPv6 begins so; the ranges below lie within and are not. */
const GLOBAL_6 = rangeOf('2000::/3', parse6, 128);
const PRIVATE_6 = [
  // Teredo and 6to4 carry an IPv4 address that would have to be looked at as well; nobody serves webhooks there.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
  '5f00::/16',
].map((text) => rangeOf(text, parse6, 128));

/** False also for what is no address at all. IPv4 within IPv6, in any of its forms, is not public. */
export function isPublicAddress(address: string): boolean {
  const four = parse4(address);
  if (four !== null) return !PRIVATE_4.some((range) => isWithin(four, range, 32));
  const six = parse6(address);
  if (six === null || !isWithin(six, GLOBAL_6, 128)) return false;
  return !PRIVATE_6.some((range) => isWithin(six, range, 128));
}

export function isAddress(text: string): boolean {
  return parse4(text) !== null || parse6(text) !== null;
}

function isWithin(address: bigint, [first, bits]: Range, width: number): boolean {
  const rest = BigInt(width - bits);
  return address >> rest === first >> rest;
}

function rangeOf(text: string, parse: (text: string) => bigint | null, width: number): Range {
  const [address = '', bits = ''] = text.split('/');
  return [parse(address) ?? 0n, Math.min(Number(bits), width)];
}

function parse4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parse6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2 || text.includes('%')) return null;
  const [before, after] = halves.map(groupsOf);
  if (before === undefined || before === null || after === null) return null;
  const missing = 8 - before.length - (after?.length ?? 0);
  if (after === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...(after ?? [])];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n);
}

/** The 16-bit groups of one side; an IPv4 address at the end stands for two. */
function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const words = text.split(':');
  const four = words.at(-1)?.includes('.') ? parse4(words.at(-1) ?? '') : undefined;
  if (four === null) return null;
  const plain = four === undefined ? words : words.slice(0, -1);
  if (!plain.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return null;
  const groups = plain.map((word) => Number.parseInt(word, 16));
  return four === undefined ? groups : [...groups, Number(four >> 16n), Number(four & 0xffffn)];
}
