import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { AddressPolicy } from './ssrf-guard.ts';
import type { Instant } from './deadline.ts';
import { before } from './deadline.ts';
import { causeOfLookup } from '../causes.domain.ts';
import { asFailure, ConnectFailure } from './connect-failure.ts';

/** All addresses of a host name. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

/** The system's resolver. IPv4 first: a Lambda function outside a VPC cannot send by IPv6. */
export const systemResolver: Resolver = async (hostname) => {
  const found = await lookup(hostname, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
};

/**
 * The addresses to connect to, at least one. A name is resolved exactly once (against DNS rebinding), and refused if any
 * of its addresses is: mixed addresses are a sign of a rebinding attack. Throws ConnectFailure.
 */
export async function allowedAddresses(
  hostname: string,
  policy: AddressPolicy,
  resolver: Resolver,
  deadline: Instant,
): Promise<readonly string[]> {
  const addresses = isIP(hostname) === 0 ? await resolveOnce(hostname, resolver, deadline) : [hostname];
  if (addresses.length === 0) throw new ConnectFailure('dns_not_found');
  if (addresses.some((address) => policy.decide(address).kind === 'deny')) {
    throw new ConnectFailure('address_blocked');
  }
  return addresses;
}

async function resolveOnce(
  hostname: string,
  resolver: Resolver,
  deadline: Instant,
): Promise<readonly string[]> {
  const late = () => new ConnectFailure('timeout_dns');
  try {
    return await before(deadline, resolver(hostname), late);
  } catch (error) {
    throw asFailure(error, causeOfLookup);
  }
}
