import { HEALTHY } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import { hashed } from '../engine/random.ts';
import type { Scenario } from '../scenario.ts';
import type { Endpoint } from './delivery.ts';

/** The entry of a list with shares that a number from 0 to 1 falls on. */
export const pick = <Entry extends { readonly share: number }>(
  entries: readonly Entry[],
  at: number,
): Entry | undefined => {
  let left = at;
  for (const entry of entries) {
    left -= entry.share;
    if (left < 0) return entry;
  }
  return entries.at(-1);
};

/** Different questions about one user or endpoint, which must not have related answers. */
const QUESTION = { endpoints: 1, receiver: 1_000, outage: 2_000 };

export interface Users {
  readonly endpointsOf: (user: number) => readonly Endpoint[];
}

/** The endpoints of users, made when they are first needed and always the same for a seed. User 0 is the hot tenant. */
export const makeUsers = (scenario: Scenario, seed: number): Users => {
  const { receivers, endpointsPerUser, hotTenant, outage } = scenario;
  const known = new Map<number, readonly Endpoint[]>();
  const number = (user: number, question: number) => hashed(user, question + 10_000 * seed);

  const endpoint = (user: number, index: number): Endpoint | undefined => {
    const isHot = hotTenant !== undefined && user === 0;
    // A tenant that sends half of all messages has receivers that work.
    const receiver = isHot ? receivers[0] : pick(receivers, number(user, QUESTION.receiver + index));
    if (receiver === undefined) return undefined;
    return {
      ...{ user, receiver, isHot },
      inOutage: outage !== undefined && number(user, QUESTION.outage + index) < outage.share,
      ...{ health: HEALTHY, nextSlot: undefined, parked: [], parkedFrom: 0 },
    };
  };

  const make = (user: number): readonly Endpoint[] => {
    const count =
      hotTenant !== undefined && user === 0
        ? hotTenant.endpoints
        : (pick(endpointsPerUser, number(user, QUESTION.endpoints))?.endpoints ?? 1);
    return Array.from({ length: count }, (_, index) => endpoint(user, index)).filter(
      (one) => one !== undefined,
    );
  };

  return {
    endpointsOf: (user) => {
      const found = known.get(user) ?? make(user);
      known.set(user, found);
      return found;
    },
  };
};
