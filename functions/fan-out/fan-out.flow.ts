import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { SettledTenants, Tenant } from '../catalog/catalog.port.ts';
import type { Delivery, DeliveryQueue, DueStore } from '../deliver/delivery.port.ts';
import { deliverAt } from '../deliver/retries/deliver-at.flow.ts';
import { recipientsOf } from './recipients.domain.ts';
import { WIDE_ABOVE_ENDPOINTS } from '../platform/limits/delivery.domain.ts';
import { throwFirstFailure } from '../platform/settle.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

/** Endpoints of one page of a wide message. */
const WIDE_PAGE = 500;

/** The part of a message that fan-out needs; stream images and rows both have it. */
export type Outgoing = Pick<
  Message,
  'orgId' | 'appId' | 'id' | 'eventType' | 'channels' | 'deliverAt' | 'onlyEndpoint'
>;

/** The next page of a wide message: endpoints after `after`, in the order of ids; null: from the first. */
export interface FanOutPage {
  readonly message: Outgoing;
  readonly after: EndpointId | null;
}

export interface FanOutDeps {
  readonly tenants: SettledTenants;
  readonly queue: Pick<DeliveryQueue, 'send' | 'sendEach'>;
  readonly wide: { send(pages: readonly FanOutPage[]): Promise<void> };
  readonly due: Pick<DueStore, 'put'>;
  readonly now: () => number;
  readonly step: Step;
}

type Target = Pick<Endpoint, 'id'>;

const deliveryTo = (tenant: Tenant, message: Outgoing, endpoint: Target): Delivery => ({
  orgId: message.orgId,
  appId: message.appId,
  messageId: message.id,
  endpointId: endpoint.id,
  trigger: { kind: 'scheduled', number: 1 },
  schedule: tenant.settings.retrySchedule,
});

/** The deliveries of a wide message's next page; `next`: the last endpoint of the page, if more follow. */
const pageOf = (tenant: Tenant | undefined, message: Outgoing, after: EndpointId | null) => {
  if (tenant === undefined) return undefined;
  const rest = recipientsOf(tenant, message)
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
    .filter(({ id }) => after === null || id > after);
  const page = rest.slice(0, WIDE_PAGE);
  const next = rest.length > page.length ? page.at(-1)?.id : undefined;
  return { deliveries: page.map((endpoint) => deliveryTo(tenant, message, endpoint)), next };
};

/** The deliveries to make for one message; none for a wide one. */
interface FanOutPlan {
  readonly message: Outgoing;
  readonly deliveries: readonly Delivery[];
  readonly isWide: boolean;
}

/** Makes the deliveries of accepted messages. Safe to repeat: a delivery whose attempt is recorded is not sent again. */
export const makeFanOut = (deps: FanOutDeps) => {
  const planOf = (message: Outgoing, tenant: Tenant | undefined): FanOutPlan => {
    // A deleted application has no endpoints left.
    const endpoints = tenant === undefined ? [] : recipientsOf(tenant, message);
    const isWide = endpoints.length > WIDE_ABOVE_ENDPOINTS;
    const deliveries =
      tenant === undefined || isWide ? [] : endpoints.map((one) => deliveryTo(tenant, message, one));
    return { message, deliveries, isWide };
  };

  /** Failed deliveries as messages for one endpoint each, so that handing them over sends no other delivery twice. */
  const failedOf = (
    sending: readonly (readonly [Outgoing, Delivery])[],
    outcomes: readonly PromiseSettledResult<void>[],
  ): readonly Outgoing[] =>
    sending.flatMap(([message, { endpointId: onlyEndpoint }], index) =>
      outcomes[index]?.status === 'fulfilled' ? [] : [{ ...message, onlyEndpoint }],
    );

  const pairsOf = (plans: readonly FanOutPlan[]) =>
    plans.flatMap(({ message, deliveries }) => deliveries.map((one) => [message, one] as const));

  /** Sends the deliveries of all messages, ten a call; returns what failed. */
  const sendNow = async (plans: readonly FanOutPlan[]): Promise<readonly Outgoing[]> => {
    const sending = pairsOf(plans);
    const queued = sending.map(([, delivery]) => ({ delivery, delaySeconds: 0 }));
    const outcomes = queued.length === 0 ? [] : await deps.queue.sendEach(queued);
    await deps.step('fan-out.sent');
    return failedOf(sending, outcomes);
  };

  const sendLater = async (plans: readonly FanOutPlan[]): Promise<readonly Outgoing[]> => {
    const failed: Outgoing[] = [];
    for (const one of plans) {
      const outcomes = await deliverAt(deps, one.message.deliverAt ?? deps.now(), one.deliveries);
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
     * Fans out the messages of one stream batch; each fails separately. A message that fails (its application cannot be
     * read, say) is handed over to the fan-out queue, which retries it for long and dead-letters it in the end, while the
     * shard continues. Returns how many were handed over.
     */
    async messages(messages: readonly Outgoing[]): Promise<{ readonly handedOver: number }> {
      const loaded = await deps.tenants.loadSettled(messages, (tenant, message) => planOf(message, tenant));
      await deps.step('fan-out.read');
      const unread = messages.filter((_, index) => loaded[index]?.status !== 'fulfilled');
      const plans = loaded.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await handOver(plans.filter(({ isWide }) => isWide).map(({ message }) => message));
      await deps.step('fan-out.wide-sent');
      const isLater = ({ message }: FanOutPlan) => message.deliverAt !== null;
      const notScheduled = await sendLater(plans.filter(isLater));
      const notSent = await sendNow(plans.filter((one) => !isLater(one)));
      const failed = [...unread, ...notScheduled, ...notSent];
      await handOver(failed);
      return { handedOver: failed.length };
    },

    /** Sends one page of a wide message, then queues the next page. */
    async fanOutPage({ message, after }: FanOutPage): Promise<void> {
      const loaded = await deps.tenants.loadSettled([message], (tenant) => pageOf(tenant, message, after));
      throwFirstFailure(loaded);
      await deps.step('fan-out.wide-read');
      const page = loaded.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])).at(0);
      if (page === undefined) return;
      if (message.deliverAt === null) await dispatch(page.deliveries);
      else throwFirstFailure(await deliverAt(deps, message.deliverAt, page.deliveries));
      if (page.next !== undefined) await deps.wide.send([{ message, after: page.next }]);
    },
  };
};
