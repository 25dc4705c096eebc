import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { payloadIsLive } from '../messages/message.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { Delivery, DeliveryQueue } from '../deliver/delivery.port.ts';
import type { Step } from '../platform/steps/steps.ts';

/** A delivery with one attempt outside the retry schedule. Deliveries with the same `request` are deduplicated. */
export const manualDelivery = (
  { orgId, appId, id: messageId }: Pick<Message, 'orgId' | 'appId' | 'id'>,
  endpointId: EndpointId,
  request: string,
): Delivery => ({ orgId, appId, messageId, endpointId, trigger: { kind: 'manual', request }, schedule: [] });

export interface ResendDeps {
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly now: () => number;
  readonly step: Step;
}

/** Queues one more attempt of a message, ignoring filters. If the endpoint is disabled, deliver drops it. */
export type Resend = (
  message: Message,
  endpoint: Pick<Endpoint, 'id'>,
  request: string,
) => Promise<{ readonly kind: 'queued' | 'missing-payload' | 'message-canceled' }>;

export const makeResend =
  ({ queue, now, step }: ResendDeps): Resend =>
  async (message, endpoint, request) => {
    if (message.canceledAt !== undefined) return { kind: 'message-canceled' };
    if (!payloadIsLive(message, now())) return { kind: 'missing-payload' };
    const delivery = manualDelivery(message, endpoint.id, request);
    await queue.send([{ delivery, delaySeconds: 0 }]);
    await step('resend.sent');
    return { kind: 'queued' };
  };
