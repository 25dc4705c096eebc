import type { SweepQueue } from '../retries/sweep.flow.ts';
import { formatDelivery, formatDrainTimer } from './queue-message.ts';
import { makeSendAll, makeSendEach } from '../../platform/sqs/client.sqs.ts';
import type { Entry } from '../../platform/sqs/client.sqs.ts';
import { makeGroupCommit } from '../../platform/concurrency/group-commit.ts';
import type { QueuedDelivery } from '../delivery.port.ts';
import type { SqsClient } from '../../platform/aws/command.ts';

const entryOf = ({ delivery, delaySeconds }: QueuedDelivery): Entry => ({
  body: formatDelivery(delivery),
  group: delivery.appId,
  delaySeconds,
});

const SENT: PromiseSettledResult<void> = { status: 'fulfilled', value: undefined };

/**
 * Sends that come together share calls of ten entries: retries of deliveries that fail at once cost one call. An entry that
 * the queue refuses fails only the send that it belongs to.
 */
const makeSendTogether = (sendEach: ReturnType<typeof makeSendEach>) =>
  makeGroupCommit<readonly Entry[]>(async (sends) => {
    const outcomes = await sendEach(sends.flat());
    const ends = sends.map((_, index) => sends.slice(0, index + 1).flat().length);
    return sends.map(({ length }, index) => {
      const end = ends[index] ?? 0;
      return outcomes.slice(end - length, end).find(({ status }) => status === 'rejected') ?? SENT;
    });
  });

/** The delivery queue of a lane, fair by application (message group). */
export const makeDeliveryQueue = (sqs: SqsClient, queueUrl: string): SweepQueue => {
  const sendAll = makeSendAll(sqs, queueUrl);
  const sendEach = makeSendEach(sqs, queueUrl);
  const sendTogether = makeSendTogether(sendEach);
  return {
    send: (deliveries) => sendTogether(deliveries.map(entryOf)),
    sendEach: (deliveries) => sendEach(deliveries.map(entryOf)),
    drainTimer: (drainTimer, delaySeconds) =>
      sendAll([{ body: formatDrainTimer(drainTimer), group: drainTimer.appId, delaySeconds }]),
    sendUnreadable: (texts) => sendAll(texts.map((body) => ({ body, group: 'unreadable' }))),
  };
};
