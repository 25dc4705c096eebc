import type { Application } from '../../catalog/applications/application.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { eachGroup } from '../../platform/each-group.domain.ts';
import { slotsFrom } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Reservation } from '../../platform/rate-limiter/rate-limiter.domain.ts';
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

export interface SlotRequest {
  readonly application: Application;
  readonly endpoint: Endpoint;
}

/** The instant reserved (ms); null: nothing limits it; undefined: farther ahead than the queue can hold a delivery. */
export type Slot = number | null | undefined;

/** A slot for each request, in their order. Each settles by itself: it fails only where a line that it needs does. */
export type ReserveSlots = (wishes: readonly SlotRequest[]) => readonly Promise<Slot>[];

/**
 * Reserves for a whole batch: first in the lines of applications, then, no earlier, in those of endpoints, so that an
 * endpoint's rate is kept strictly and an application's in the order of its reservations. One write for all of a line.
 */
export const makeReserveSlots = (store: ThrottleStore, now: () => number): ReserveSlots => {
  /** Slots of one line for those that have one within reach so far. */
  const reserved = async (
    line: Line,
    rate: number | null,
    slots: readonly Slot[],
  ): Promise<readonly Slot[]> => {
    const within = slots.filter((slot) => slot !== undefined);
    if (rate === null || within.length === 0) return slots;
    const nowMs = now();
    const notBefore = Math.max(nowMs, ...within.map((slot) => slot ?? nowMs));
    const asked = { rate, count: within.length, notBefore, nowMs };
    const start = await store.reserve(line, asked);
    const found = (start === undefined ? [] : slotsFrom(start, asked)).values();
    return slots.map((slot) => (slot === undefined ? undefined : found.next().value));
  };
  const take = async (line: Line, rate: number | null, slots: readonly Slot[]) =>
    (await reserved(line, rate, slots)).map((slot) => () => slot);

  const atApplication = (wishes: readonly SlotRequest[]) =>
    eachGroup(
      wishes,
      ({ application }) => JSON.stringify([application.orgId, application.id]),
      async (members) => {
        const [application] = members.map((member) => member.application);
        if (application === undefined) return [];
        const line = { orgId: application.orgId, appId: application.id, endpointId: null };
        return take(
          line,
          application.throttleRate,
          members.map(() => null),
        );
      },
    );

  return (wishes) => {
    const inApplications = atApplication(wishes);
    const asking = wishes.map((slotRequest, index) => ({ ...slotRequest, earliest: inApplications[index] }));
    return eachGroup(
      asking,
      ({ application, endpoint }) => JSON.stringify([application.orgId, application.id, endpoint.id]),
      async (members) => {
        const [first] = members;
        if (first === undefined) return [];
        const { application, endpoint } = first;
        const line = { orgId: application.orgId, appId: application.id, endpointId: endpoint.id };
        const slots = await settleAll(members.map(({ earliest }) => earliest));
        return take(line, endpoint.throttleRate, slots);
      },
    );
  };
};
