import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { appId, orgId } from '../platform/ids/brand.domain.ts';
import type { TaskErrand, TaskQueue } from './tasks.flow.ts';
import { makeSendAll } from '../platform/sqs/client.sqs.ts';

const VERSION = 1;

const record = z.object({
  v: z.literal(VERSION),
  o: z.string().transform(orgId),
  a: z.string().transform(appId),
  t: z.string(),
});

const formatErrand = ({ orgId: o, appId: a, id: t }: TaskErrand): string =>
  JSON.stringify({ v: VERSION, o, a, t });

/** The errand in a queue record. Throws where it has another form. */
export const parseTaskErrand = (text: string): TaskErrand => {
  const { o, a, t } = record.parse(JSON.parse(text));
  return { orgId: o, appId: a, id: t };
};

/** The queue of background tasks: fair by application. */
export const makeTaskQueue = (sqs: SQSClient, queueUrl: string): TaskQueue => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return {
    send: (errand, delaySeconds) =>
      sendAll([{ body: formatErrand(errand), group: errand.appId, delaySeconds }]),
  };
};
