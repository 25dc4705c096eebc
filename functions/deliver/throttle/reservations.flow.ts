import type { Application } from '../../catalog/applications/application.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { slotsFrom } from './throttle.domain.ts';
import type { Reservation } from './throttle.domain.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** Whose line it is: an application's (`endpointId` null) or one of its endpoints'. */
export interface Line extends Pick<Application, 'orgId'> {
  readonly appId: Application['id'];
  readonly endpointId: EndpointId | null;
}

/** The port to reservations: one write for all slots of a line. */
export interface ThrottleStore {
  /** The start of the reserved slots; undefined: the line is taken farther than a queue can wait. */
  reserve(line: Line, asked: Reservation): Promise<number | undefined>;
}

export interface Wish {
  readonly application: Application;
  readonly endpoint: Endpoint;
}

/** A slot for each wish: null where nothing limits it, undefined where none is within reach. */
export type ReserveSlots = (wishes: readonly Wish[]) => Promise<readonly (number | null | undefined)[]>;

type Slots = (number | null | undefined)[];

const groups = <Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly Item[][] => {
  const found = new Map<string, Item[]>();
  for (const item of items) found.set(nameOf(item), [...(found.get(nameOf(item)) ?? []), item]);
  return [...found.values()];
};

/**
 * Reserves for a whole batch: first in the lines of applications, then, no earlier, in those of endpoints, so that an
 * endpoint's rate is kept strictly and an application's in the order of its reservations.
 */
export const makeReserveSlots =
  (store: ThrottleStore, now: () => number): ReserveSlots =>
  async (wishes) => {
    const slots: Slots = wishes.map(() => null);
    const indexes = wishes.map((_, index) => index);

    const take = async (members: readonly number[], line: Line, rate: number | null) => {
      const wanting = members.filter((index) => slots[index] !== undefined);
      if (rate === null || wanting.length === 0) return;
      const nowMs = now();
      const notBefore = Math.max(nowMs, ...wanting.map((index) => slots[index] ?? nowMs));
      const asked = { rate, count: wanting.length, notBefore, nowMs };
      const start = await store.reserve(line, asked);
      const found = start === undefined ? [] : slotsFrom(start, asked);
      for (const [position, index] of wanting.entries()) slots[index] = found[position];
    };

    const lines = (endpointOf: (wish: Wish) => EndpointId | null) =>
      groups(indexes, (index) => {
        const wish = wishes[index];
        return wish === undefined
          ? ''
          : JSON.stringify([wish.application.orgId, wish.application.id, endpointOf(wish)]);
      });

    for (const rateOf of [
      { endpoint: () => null, rate: ({ application }: Wish) => application.throttleRate },
      { endpoint: ({ endpoint }: Wish) => endpoint.id, rate: ({ endpoint }: Wish) => endpoint.throttleRate },
    ]) {
      await settleAll(
        lines(rateOf.endpoint).map(async (members) => {
          const wish = wishes[members[0] ?? -1];
          if (wish === undefined) return;
          const { orgId, id: appId } = wish.application;
          await take(members, { orgId, appId, endpointId: rateOf.endpoint(wish) }, rateOf.rate(wish));
        }),
      );
    }
    return slots;
  };
