import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** `allowed`; `private`: only where a person agreed; `never`: whoever agreed to whatever. */
export type AddressJudgement = 'allowed' | 'private' | 'never';

type Range = readonly [network: string, prefix: number];

/** Loopback and the networks of homes and companies. */
const privateRanges: readonly Range[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['::1', 128],
  ['fc00::', 7],
];
/** What hands out credentials to whoever asks, what lies on the same cable, and what is nobody's address. */
const forbiddenRanges: readonly Range[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['168.63.129.16', 32],
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fd00:ec2::254', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['64:ff9b:1::', 48],
];
/** Of IPv6 only these are given to anybody at all. */
const globalRange: Range = ['2000::', 3];

const isPrivate = listOf(privateRanges);
const isForbidden = listOf(forbiddenRanges);
const isGlobal = listOf([globalRange]);

/** What may be connected to. An IPv6 address that carries an IPv4 one is judged by that one as well. */
export function judgeAddress(address: string): AddressJudgement {
  if (isIPv4(address)) return isForbidden(address) ? 'never' : isPrivate(address) ? 'private' : 'allowed';
  // A zone belongs to one cable.
  if (!isIPv6(address) || address.includes('%')) return 'never';
  const groups = groupsOf(address);
  const carried = carriedAddress(groups);
  if (carried !== null) return judgeAddress(carried);
  if (isForbidden(address)) return 'never';
  if (isPrivate(address)) return 'private';
  return isGlobal(address) ? 'allowed' : 'never';
}

/** The IPv4 address inside: mapped, compatible, translated (NAT64), 6to4. */
function carriedAddress(groups: readonly number[]): string | null {
  const [a = 0, b = 0, c = 0] = groups;
  const last = groups.slice(6);
  const startsWith = (...head: readonly number[]): boolean => head.every((group, index) => groups[index] === group);
  if (startsWith(0, 0, 0, 0, 0, 0xffff)) return dotted(last);
  if (startsWith(0, 0, 0, 0, 0xffff, 0)) return dotted(last);
  if (startsWith(0, 0, 0, 0, 0, 0) && (groups[6] !== 0 || (groups[7] ?? 0) > 1)) return dotted(last);
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return dotted(last);
  return a === 0x2002 ? dotted([b, c]) : null;
}

function dotted(pair: readonly number[]): string {
  return pair.flatMap((group) => [group >> 8, group & 0xff]).join('.');
}

/** Its eight groups of 16 bits. */
function groupsOf(address: string): readonly number[] {
  const inHexadecimal = address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_all, a: string, b: string, c: string, d: string) =>
      [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = '', tail] = inHexadecimal.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [parse(head), parse(tail ?? '')];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function listOf(ranges: readonly Range[]): (address: string) => boolean {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6');
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
