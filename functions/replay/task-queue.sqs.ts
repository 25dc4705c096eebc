import * as z from 'zod';
import { appId, orgId } from '../platform/ids/brand.domain.ts';
import type { TaskMessage, TaskQueue } from './tasks.flow.ts';
import { makeSendAll } from '../platform/sqs/client.sqs.ts';
import type { SqsClient } from '../platform/aws/command.ts';

const VERSION = 1;

const record = z.object({
  v: z.literal(VERSION),
  o: z.string().transform(orgId),
  a: z.string().transform(appId).nullable(),
  t: z.string(),
});

const formatQueueMessage = ({ orgId: o, appId: a, id: t }: TaskMessage): string =>
  JSON.stringify({ v: VERSION, o, a, t });

/** Parses the body of a queue message. Throws for other formats. */
export const parseTaskMessage = (text: string): TaskMessage => {
  const { o, a, t } = record.parse(JSON.parse(text));
  return { orgId: o, appId: a, id: t };
};

/** The queue of background tasks; a fair queue with the application, or the organization, as message group. */
export const makeTaskQueue = (sqs: SqsClient, queueUrl: string): TaskQueue => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return {
    send: (queueMessage, delaySeconds) =>
      sendAll([
        {
          body: formatQueueMessage(queueMessage),
          group: queueMessage.appId ?? queueMessage.orgId,
          delaySeconds,
        },
      ]),
  };
};
