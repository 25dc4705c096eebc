import type { Application } from '../../catalog/applications/application.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { eachGroup } from '../../platform/each-group.domain.ts';
import { slotsFrom } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Reservation } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** The throttle of an application (`endpointId` null) or of one of its endpoints. */
export interface Throttle extends Pick<Application, 'orgId'> {
  readonly appId: Application['id'];
  readonly endpointId: EndpointId | null;
}

/** The port to throttles: one write reserves any number of slots. */
export interface ThrottleStore {
  /** The start of the reserved slots; undefined: they would be farther ahead than the queue can hold a delivery. */
  reserve(throttle: Throttle, asked: Reservation): Promise<number | undefined>;
}

export interface SlotRequest {
  readonly application: Application;
  readonly endpoint: Endpoint;
}

/** The instant reserved (ms); null: nothing limits it; undefined: farther ahead than the queue can hold a delivery. */
export type Slot = number | null | undefined;

/** A slot for each request, in order. Each settles separately: it rejects only if a throttle that it needs fails. */
export type ReserveSlots = (requests: readonly SlotRequest[]) => readonly Promise<Slot>[];

/**
 * Reserves for a whole batch: first from the throttles of applications, then, no earlier, from those of endpoints, so that
 * an endpoint's rate is kept strictly and an application's in the order of its reservations. One write for each throttle.
 */
export const makeReserveSlots = (store: ThrottleStore, now: () => number): ReserveSlots => {
  /** Slots of one throttle, for the requests that have a slot within the queue's reach so far. */
  const reserveFrom = async (
    throttle: Throttle,
    rate: number | null,
    slots: readonly Slot[],
  ): Promise<readonly Slot[]> => {
    const within = slots.filter((slot) => slot !== undefined);
    if (rate === null || within.length === 0) return slots;
    const nowMs = now();
    const notBefore = Math.max(nowMs, ...within.map((slot) => slot ?? nowMs));
    const asked = { rate, count: within.length, notBefore, nowMs };
    const start = await store.reserve(throttle, asked);
    const found = (start === undefined ? [] : slotsFrom(start, asked)).values();
    return slots.map((slot) => (slot === undefined ? undefined : found.next().value));
  };

  const reserveAtApplication = async (members: readonly SlotRequest[]) => {
    const [application] = members.map((member) => member.application);
    if (application === undefined) return [];
    const throttle = { orgId: application.orgId, appId: application.id, endpointId: null };
    const unlimited = members.map(() => null);
    const slots = await reserveFrom(throttle, application.throttleRate, unlimited);
    return slots.map((slot) => () => slot);
  };

  const reserveAtEndpoint = async (members: readonly RequestAtEndpoint[]) => {
    const [first] = members;
    if (first === undefined) return [];
    const { application, endpoint } = first;
    const throttle = { orgId: application.orgId, appId: application.id, endpointId: endpoint.id };
    const earliest = await settleAll(members.map(({ applicationSlot }) => applicationSlot));
    const slots = await reserveFrom(throttle, endpoint.throttleRate, earliest);
    return slots.map((slot) => () => slot);
  };

  return (requests) => {
    const applicationSlots = eachGroup(requests, applicationOf, reserveAtApplication);
    const atEndpoints = requests.map((request, index) => ({
      ...request,
      applicationSlot: applicationSlots[index],
    }));
    return eachGroup(atEndpoints, endpointOf, reserveAtEndpoint);
  };
};

/** A request that its endpoint's throttle handles after that of its application. */
interface RequestAtEndpoint extends SlotRequest {
  readonly applicationSlot: Promise<Slot> | undefined;
}

const applicationOf = ({ application }: SlotRequest) => JSON.stringify([application.orgId, application.id]);

const endpointOf = ({ application, endpoint }: SlotRequest) =>
  JSON.stringify([application.orgId, application.id, endpoint.id]);
