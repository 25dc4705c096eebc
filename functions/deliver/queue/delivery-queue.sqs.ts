import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SweepQueue } from '../retries/sweep.flow.ts';
import { formatDelivery, formatWake } from './delivery-record.ts';
import { makeSendAll } from '../../platform/sqs/client.sqs.ts';

/** A lane's queue: fair by application. */
export const makeDeliveryQueue = (sqs: SQSClient, queueUrl: string): SweepQueue => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return {
    send: (deliveries) =>
      sendAll(
        deliveries.map(({ delivery, delaySeconds }) => ({
          body: formatDelivery(delivery),
          group: delivery.appId,
          delaySeconds,
        })),
      ),
    wake: (wake, delaySeconds) => sendAll([{ body: formatWake(wake), group: wake.appId, delaySeconds }]),
    sendUnreadable: (texts) => sendAll(texts.map((body) => ({ body, group: 'unreadable' }))),
  };
};
