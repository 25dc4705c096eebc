import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { matchingEndpoints } from '../catalog/endpoints/matching.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { SettledTenants, Tenant } from '../catalog/catalog.port.ts';
import type { Delivery, DeliveryQueue, DueStore } from '../deliver/delivery.port.ts';
import { deliverLater } from '../deliver/reschedule.flow.ts';
import { throwFirstFailure } from '../platform/settle.domain.ts';
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
export interface FanOutPage {
  readonly message: Outgoing;
  readonly after: EndpointId | null;
}

export interface FanOutDeps {
  readonly tenants: SettledTenants;
  readonly queue: Pick<DeliveryQueue, 'send' | 'sendEach'>;
  readonly wide: { send(turns: readonly FanOutPage[]): Promise<void> };
  readonly due: Pick<DueStore, 'put'>;
  readonly now: () => number;
  readonly step: Step;
}

type Target = Pick<Endpoint, 'id'>;

/**
 * An endpoint whose row cannot be read has its delivery too: it is dead-lettered by itself, and sent by a replay once the
 * row is repaired.
 */
const targets = ({ endpoints, unreadable = [] }: Tenant, message: Outgoing): readonly Target[] =>
  matchingEndpoints([...endpoints, ...unreadable], message);

const deliveryTo = (tenant: Tenant, message: Outgoing, endpoint: Target): Delivery => ({
  orgId: message.orgId,
  appId: message.appId,
  messageId: message.id,
  endpointId: endpoint.id,
  trigger: { kind: 'scheduled', number: 1 },
  schedule: tenant.settings.retrySchedule,
});

/** The next endpoints of a wide message, in the order of ids; `next`: the last of them where more follow. */
const pageOf = (tenant: Tenant | undefined, message: Outgoing, after: EndpointId | null) => {
  if (tenant === undefined) return undefined;
  const rest = targets(tenant, message)
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
    .filter(({ id }) => after === null || id > after);
  const now = rest.slice(0, WIDE_TURN);
  const next = rest.length > now.length ? now.at(-1)?.id : undefined;
  return { deliveries: now.map((endpoint) => deliveryTo(tenant, message, endpoint)), next };
};

/** What is to be done for one message. */
interface Outlook {
  readonly message: Outgoing;
  readonly deliveries: readonly Delivery[];
  readonly isWide: boolean;
}

/** Puts accepted messages on the way to their endpoints. Safe to repeat: deliveries know what was recorded before. */
export const makeFanOut = (deps: FanOutDeps) => {
  const outlookOf = (message: Outgoing, tenant: Tenant | undefined): Outlook => {
    // Of an application that is gone nothing is left to send to.
    const endpoints = tenant === undefined ? [] : targets(tenant, message);
    const isWide = endpoints.length > WIDE;
    const deliveries =
      tenant === undefined || isWide ? [] : endpoints.map((one) => deliveryTo(tenant, message, one));
    return { message, deliveries, isWide };
  };

  /** Of the deliveries of a message those that failed are handed over, each by itself, so that no other is sent twice. */
  const failedOf = (
    sending: readonly (readonly [Outgoing, Delivery])[],
    outcomes: readonly PromiseSettledResult<void>[],
  ): readonly Outgoing[] =>
    sending.flatMap(([message, { endpointId: onlyEndpoint }], index) =>
      outcomes[index]?.status === 'fulfilled' ? [] : [{ ...message, onlyEndpoint }],
    );

  const pairsOf = (outlooks: readonly Outlook[]) =>
    outlooks.flatMap(({ message, deliveries }) => deliveries.map((one) => [message, one] as const));

  /** All of a batch's deliveries, in calls of ten. */
  const sendNow = async (outlooks: readonly Outlook[]): Promise<readonly Outgoing[]> => {
    const sending = pairsOf(outlooks);
    const queued = sending.map(([, delivery]) => ({ delivery, delaySeconds: 0 }));
    const outcomes = queued.length === 0 ? [] : await deps.queue.sendEach(queued);
    await deps.step('fan-out.sent');
    return failedOf(sending, outcomes);
  };

  const sendLater = async (outlooks: readonly Outlook[]): Promise<readonly Outgoing[]> => {
    const failed: Outgoing[] = [];
    for (const one of outlooks) {
      const outcomes = await deliverLater(deps, one.message.deliverAt ?? deps.now(), one.deliveries);
      failed.push(...failedOf(pairsOf([one]), outcomes));
    }
    return failed;
  };

  const dispatch = async (deliveries: readonly Delivery[]) => {
    if (deliveries.length > 0)
      await deps.queue.send(deliveries.map((delivery) => ({ delivery, delaySeconds: 0 })));
    await deps.step('fan-out.sent');
  };

  const handOver = async (messages: readonly Outgoing[]) => {
    if (messages.length > 0) await deps.wide.send(messages.map((message) => ({ message, after: null })));
  };

  return {
    /**
     * The messages of one stream batch, each by itself. One that fails (its application cannot be read, say) is handed
     * over to the queue of wide messages, which tries it again for long and in the end dead-letters it with the reason:
     * its shard goes on. Answers how many were.
     */
    async messages(messages: readonly Outgoing[]): Promise<{ readonly handedOver: number }> {
      const looked = await deps.tenants.loadSettled(messages, (tenant, message) =>
        outlookOf(message, tenant),
      );
      await deps.step('fan-out.read');
      const unread = messages.filter((_, index) => looked[index]?.status !== 'fulfilled');
      const outlooks = looked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await handOver(outlooks.filter(({ isWide }) => isWide).map(({ message }) => message));
      await deps.step('fan-out.wide-sent');
      const isLater = ({ message }: Outlook) => message.deliverAt !== null;
      const notPutOff = await sendLater(outlooks.filter(isLater));
      const notSent = await sendNow(outlooks.filter((one) => !isLater(one)));
      const failed = [...unread, ...notPutOff, ...notSent];
      await handOver(failed);
      return { handedOver: failed.length };
    },

    /** One page of a wide message: serves the next endpoints, then hands the rest on. */
    async fanOutPage({ message, after }: FanOutPage): Promise<void> {
      const looked = await deps.tenants.loadSettled([message], (tenant) => pageOf(tenant, message, after));
      throwFirstFailure(looked);
      await deps.step('fan-out.wide-read');
      const page = looked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])).at(0);
      if (page === undefined) return;
      if (message.deliverAt === null) await dispatch(page.deliveries);
      else throwFirstFailure(await deliverLater(deps, message.deliverAt, page.deliveries));
      if (page.next !== undefined) await deps.wide.send([{ message, after: page.next }]);
    },
  };
};
