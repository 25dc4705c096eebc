import type { Subnet } from './address-ranges.ts';
import { classify, isClosed, isIn, isWithin, parseAddress, parseSubnet } from './address-ranges.ts';

export type AddressDecision = { kind: 'allow' } | { kind: 'deny'; range: string };

/** Says of a literal IP address whether a delivery may connect to it. */
export interface AddressPolicy {
  decide(address: string): AddressDecision;
}

export interface AddressSubnets {
  /** The organization's setting: opens private ranges. */
  allowedSubnets: readonly string[];
  /** The stage's own list: only what is in both opens loopback, link-local and the like. None on AWS. */
  stageSubnets: readonly string[];
}

/** Public unicast is allowed, private ranges if the organization opens them, the rest if the stage does as well. */
export function makeAddressPolicy(subnets: AddressSubnets): AddressPolicy {
  // What does not parse opens nothing; the management API refuses it before it is stored.
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

/** Checks an organization's `allowedSubnets` before they are stored; tells the first that is wrong. */
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
