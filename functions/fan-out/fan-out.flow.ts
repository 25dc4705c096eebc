import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { matchingEndpoints } from '../catalog/endpoints/matching.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { Tenant, Tenants } from '../catalog/catalog.port.ts';
import type { Delivery, DeliveryQueue, DueStore } from '../deliver/delivery.port.ts';
import { deliverLater } from '../deliver/reschedule.flow.ts';
import type { Step } from '../platform/steps/steps.ts';

/** A message for more endpoints than this continues through its own queue, so that it does not hold up its shard. */
const WIDE = 100;
/** Endpoints that one turn of a wide message serves before the next turn goes back to the queue. */
const WIDE_TURN = 500;

/** The part of a message that fan-out needs; stream images and rows both have it. */
export type Outgoing = Pick<
  Message,
  'orgId' | 'appId' | 'id' | 'eventType' | 'channels' | 'deliverAt' | 'onlyEndpoint'
>;

/** A wide message on its way: endpoints up to and with `after` (in the order of ids) are served. */
export interface WideTurn {
  readonly message: Outgoing;
  readonly after: EndpointId | null;
}

export interface FanOutDeps {
  readonly tenants: Pick<Tenants, 'load'>;
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly wide: { send(turns: readonly WideTurn[]): Promise<void> };
  readonly due: Pick<DueStore, 'put'>;
  readonly now: () => number;
  readonly step: Step;
}

const targets = (tenant: Tenant, message: Outgoing): readonly Endpoint[] => {
  const matching = matchingEndpoints(tenant.endpoints, message);
  return message.onlyEndpoint === null ? matching : matching.filter(({ id }) => id === message.onlyEndpoint);
};

const deliveryTo = (tenant: Tenant, message: Outgoing, endpoint: Endpoint): Delivery => ({
  orgId: message.orgId,
  appId: message.appId,
  messageId: message.id,
  endpointId: endpoint.id,
  turn: { kind: 'scheduled', number: 1 },
  schedule: tenant.settings.retrySchedule,
});

/** Puts accepted messages on the way to their endpoints. Safe to repeat: deliveries know what was recorded before. */
export const makeFanOut = (deps: FanOutDeps) => {
  const load = (messages: readonly Outgoing[]) => deps.tenants.load(messages);

  const dispatch = async (deliveries: readonly Delivery[]) => {
    if (deliveries.length > 0)
      await deps.queue.send(deliveries.map((delivery) => ({ delivery, delaySeconds: 0 })));
    await deps.step('fan-out.sent');
  };

  return {
    /** The messages of one stream batch. */
    async messages(messages: readonly Outgoing[]): Promise<void> {
      const tenants = await load(messages);
      await deps.step('fan-out.read');
      const nowDue: Delivery[] = [];
      const wide: WideTurn[] = [];
      for (const [index, message] of messages.entries()) {
        const tenant = tenants[index];
        if (tenant === undefined) continue; // the application is gone: nobody to send to
        const endpoints = targets(tenant, message);
        if (endpoints.length > WIDE) wide.push({ message, after: null });
        else if (message.deliverAt === null)
          nowDue.push(...endpoints.map((one) => deliveryTo(tenant, message, one)));
        else
          await deliverLater(
            deps,
            message.deliverAt,
            endpoints.map((one) => deliveryTo(tenant, message, one)),
          );
      }
      if (wide.length > 0) await deps.wide.send(wide);
      await deps.step('fan-out.wide-sent');
      await dispatch(nowDue);
    },

    /** One turn of a wide message: serves the next endpoints, then hands the rest on. */
    async wideTurn({ message, after }: WideTurn): Promise<void> {
      const [tenant] = await load([message]);
      await deps.step('fan-out.wide-read');
      if (tenant === undefined) return;
      const rest = targets(tenant, message)
        .toSorted((left, right) => (left.id < right.id ? -1 : 1))
        .filter(({ id }) => after === null || id > after);
      const now = rest.slice(0, WIDE_TURN);
      const deliveries = now.map((endpoint) => deliveryTo(tenant, message, endpoint));
      if (message.deliverAt === null) await dispatch(deliveries);
      else await deliverLater(deps, message.deliverAt, deliveries);
      const last = now.at(-1);
      if (rest.length > now.length && last !== undefined) await deps.wide.send([{ message, after: last.id }]);
    },
  };
};
