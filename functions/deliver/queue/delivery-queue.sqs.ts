import type { SweepQueue } from '../retries/sweep.flow.ts';
import { formatDelivery, formatDrainTimer } from './queue-message.ts';
import { makeSendAll, makeSendEach } from '../../platform/sqs/client.sqs.ts';
import type { Entry } from '../../platform/sqs/client.sqs.ts';
import type { QueuedDelivery } from '../delivery.port.ts';
import type { SqsClient } from '../../platform/aws/command.ts';

const entryOf = ({ delivery, delaySeconds }: QueuedDelivery): Entry => ({
  body: formatDelivery(delivery),
  group: delivery.appId,
  delaySeconds,
});

/** The delivery queue of a lane, fair by application (message group). */
export const makeDeliveryQueue = (sqs: SqsClient, queueUrl: string): SweepQueue => {
  const sendAll = makeSendAll(sqs, queueUrl);
  const sendEach = makeSendEach(sqs, queueUrl);
  return {
    send: (deliveries) => sendAll(deliveries.map(entryOf)),
    sendEach: (deliveries) => sendEach(deliveries.map(entryOf)),
    drainTimer: (drainTimer, delaySeconds) =>
      sendAll([{ body: formatDrainTimer(drainTimer), group: drainTimer.appId, delaySeconds }]),
    sendUnreadable: (texts) => sendAll(texts.map((body) => ({ body, group: 'unreadable' }))),
  };
};
