import * as z from 'zod';
import { appId, endpointId, messageId, orgId } from '../platform/ids/brand.domain.ts';
import type { FanOutDeps, FanOutPage } from './fan-out.flow.ts';
import { makeSendAll } from '../platform/sqs/client.sqs.ts';
import type { SqsClient } from '../platform/aws/command.ts';

const VERSION = 1;

const record = z.object({
  v: z.literal(VERSION),
  o: z.string().transform(orgId),
  a: z.string().transform(appId),
  m: z.string().transform(messageId),
  t: z.string(),
  c: z.array(z.string()).nullable(),
  d: z.number().nullable(),
  only: z.string().transform(endpointId).nullable(),
  after: z.string().transform(endpointId).nullable(),
});

export const formatFanOutPage = ({ message, after }: FanOutPage): string =>
  JSON.stringify({
    v: VERSION,
    o: message.orgId,
    a: message.appId,
    m: message.id,
    t: message.eventType,
    c: message.channels,
    d: message.deliverAt,
    only: message.onlyEndpoint,
    after,
  });

/** The page in a queue record. Throws if it has another form. */
export const parseFanOutPage = (text: string): FanOutPage => {
  const parsed = record.parse(JSON.parse(text));
  return {
    message: {
      orgId: parsed.o,
      appId: parsed.a,
      id: parsed.m,
      eventType: parsed.t,
      channels: parsed.c,
      deliverAt: parsed.d,
      onlyEndpoint: parsed.only,
    },
    after: parsed.after,
  };
};

/** The fan-out queue for messages to many endpoints, fair by application (message group). */
export const makeWideQueue = (sqs: SqsClient, queueUrl: string): FanOutDeps['wide'] => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return {
    send: (pages) =>
      sendAll(pages.map((page) => ({ body: formatFanOutPage(page), group: page.message.appId }))),
  };
};
