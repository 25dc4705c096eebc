import type { SqsClient } from '../platform/aws/command.ts';
import { makeSendAll } from '../platform/sqs/client.sqs.ts';
import type { IngestQueues } from './ingest.flow.ts';
import { refusalAttributes, waitingAttributes } from './record-attributes.ts';

/** The urls of the ingest queue and of its dead-letter queue. */
export interface IngestQueueUrls {
  readonly queue: string;
  readonly deadLetters: string;
}

/**
 * All records of a queue are of one organization. Its waiting records share a group, so that the fair queue serves new ones
 * first.
 */
const GROUP = 'waiting';
const DEAD_GROUP = 'refused';

export const makeIngestQueues = (sqs: SqsClient, urls: IngestQueueUrls): IngestQueues => {
  const toQueue = makeSendAll(sqs, urls.queue);
  const toDeadLetters = makeSendAll(sqs, urls.deadLetters);
  return {
    sendAgain: ({ body, waits, since }, eventId, delaySeconds) =>
      toQueue([
        {
          ...{ body, group: GROUP, delaySeconds },
          attributes: waitingAttributes(eventId, { waits: waits + 1, since }),
        },
      ]),
    async deadLetter({ body, requestId }, eventId, refusal) {
      const attributes = refusalAttributes(eventId, refusal, requestId);
      try {
        await toDeadLetters([{ body, group: DEAD_GROUP, attributes }]);
      } catch (error) {
        throw new Error(`${refusal.errorClass}: ${refusal.reason}`, { cause: error });
      }
    },
  };
};
