import type { Subnet } from './address-ranges.ts';
import { classify, isClosed, isIn, isWithin, parseAddress, parseSubnet } from './address-ranges.ts';

export type AddressDecision = { kind: 'allow' } | { kind: 'deny'; range: string };

/** The SSRF guard: decides whether a delivery may connect to an IP address (as text). */
export interface AddressPolicy {
  decide(address: string): AddressDecision;
}

export interface AddressSubnets {
  /** The organization's setting, which allows private ranges. */
  allowedSubnets: readonly string[];
  /** The stage's list. Loopback, link-local and the like are allowed only if both lists have them. Empty on AWS. */
  stageSubnets: readonly string[];
}

/** Allows public unicast addresses, private ranges in `allowedSubnets`, and others only if `stageSubnets` has them too. */
export function makeAddressPolicy(subnets: AddressSubnets): AddressPolicy {
  // A subnet that does not parse allows nothing. The management API refuses it before it is stored.
  const allowed = known(subnets.allowedSubnets);
  const stage = known(subnets.stageSubnets);
  return {
    decide(text) {
      const address = parseAddress(text);
      if (address === undefined) return { kind: 'deny', range: 'unparseable' };
      const found = classify(address);
      if (found.kind === 'public') return { kind: 'allow' };
      const open = isIn(address, allowed) && (found.kind === 'private' || isIn(address, stage));
      return open ? { kind: 'allow' } : { kind: 'deny', range: found.range };
    },
  };
}

export type SubnetsCheck = { kind: 'ok' } | { kind: 'invalid'; subnet: string; reason: string };

/** Validates an organization's `allowedSubnets` before they are stored; returns the first that is invalid. */
export function checkSubnets(list: readonly string[], stageSubnets: readonly string[]): SubnetsCheck {
  const stage = known(stageSubnets);
  for (const subnet of list) {
    const parsed = parseSubnet(subnet);
    if (parsed === undefined) return { kind: 'invalid', subnet, reason: 'not a subnet in CIDR notation' };
    if (isClosed(parsed) && !overlaps(parsed, stage)) {
      return { kind: 'invalid', subnet, reason: 'this range cannot be opened on this stage' };
    }
  }
  return { kind: 'ok' };
}

function overlaps(subnet: Subnet, list: readonly Subnet[]): boolean {
  return isWithin(subnet, list) || list.some((other) => isWithin(other, [subnet]));
}

function known(list: readonly string[]): Subnet[] {
  return list.map(parseSubnet).filter((subnet) => subnet !== undefined);
}
