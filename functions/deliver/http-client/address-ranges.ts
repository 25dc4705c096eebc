import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** A subnet: its first address and the length of its prefix. */
export type Subnet = [Address, number];

/** RFC 1918, RFC 6598 (carrier-grade NAT) and RFC 4193 (unique local): the private ranges that an organization may allow. */
const PRIVATE = subnets('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');

/** AWS answers instance metadata, DNS and time at fd00:ec2::/32, inside the unique local range. */
const AWS_METADATA = subnets('fd00:ec2::/32');

/** IANA assigns global unicast addresses only here. ::/96 is not part of it, though ipaddr.js calls it unicast. */
const GLOBAL_UNICAST_V6 = subnets('2000::/3');

/** What no organization may allow: everything that is neither public unicast nor in PRIVATE, as CIDR blocks. */
const CLOSED = subnets(
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  ...['::/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', 'fd00:ec2::/32'],
  ...['4000::/2', '8000::/2', 'c000::/3', 'e000::/4', 'f000::/5', 'f800::/6', 'fe00::/7'],
);

export type RangeKind = { kind: 'public' } | { kind: 'private' | 'closed'; range: string };

/** The address, an IPv4-mapped one as IPv4; undefined for anything but a canonical literal (no octal, no short forms). */
export function parseAddress(text: string): Address | undefined {
  return isIP(text) === 0 ? undefined : ipaddr.process(text);
}

/** Parses a subnet in CIDR notation; undefined: it is not one. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', prefix = ''] = text.split('/');
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(prefix)) return undefined;
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
}

/** The kind of an address; `range`: its name (see ipaddr.js). */
export function classify(address: Address): RangeKind {
  const range = rangeName(address);
  if (range === 'unicast') return { kind: 'public' };
  return { kind: isIn(address, PRIVATE) && !isIn(address, AWS_METADATA) ? 'private' : 'closed', range };
}

export function isIn(address: Address, list: readonly Subnet[]): boolean {
  return list.some(([start, bits]) => start.kind() === address.kind() && address.match(start, bits));
}

/** Whether all of a subnet is within one of `list`. */
export function isWithin([start, bits]: Subnet, list: readonly Subnet[]): boolean {
  return list.some((outer) => outer[1] <= bits && isIn(start, [outer]));
}

/** Whether no organization may send to any address of the subnet. */
export function isClosed(subnet: Subnet): boolean {
  return isWithin(subnet, CLOSED);
}

function rangeName(address: Address): string {
  if (isIn(address, AWS_METADATA)) return 'awsMetadata';
  const range = address.range();
  if (range !== 'unicast' || address.kind() === 'ipv4') return range;
  return isIn(address, GLOBAL_UNICAST_V6) ? range : 'unallocated';
}

function subnets(...list: string[]): Subnet[] {
  return list.map((text) => ipaddr.parseCIDR(text));
}
