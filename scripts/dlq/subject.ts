import { z } from 'zod';
import { batchName } from '../../functions/platform/sqs/dead-letter.port.ts';
import { parseQueueMessage } from '../../functions/deliver/queue/queue-message.ts';
import type { StreamDeadLetter } from '../../functions/platform/sqs/dead-letters.sqs.ts';
import { parseStreamDeadLetter } from '../../functions/platform/sqs/dead-letters.sqs.ts';
import { parseTaskMessage } from '../../functions/replay/task-queue.sqs.ts';
import { parseFanOutPage } from '../../functions/fan-out/wide-queue.sqs.ts';

/** What a dead letter is about. */
export interface Subject {
  readonly what: string;
  readonly orgId?: string;
  readonly appId?: string;
  readonly messageId?: string;
  readonly endpointId?: string;
  /** Set for letters of streams. */
  readonly stream?: StreamDeadLetter;
  /** The name under which its worker remembers why it failed; absent: that of its record in the queue. */
  readonly rememberedAs?: string;
}

const ofErrand = (body: string): Subject => {
  const queueMessage = parseQueueMessage(body);
  if (queueMessage.kind === 'drainTimer') {
    const { orgId, appId, endpointId } = queueMessage.drainTimer;
    return { what: 'reminder to look after parked deliveries', orgId, appId, endpointId };
  }
  const { trigger, orgId, appId, endpointId, messageId } = queueMessage.delivery;
  const what = trigger.kind === 'scheduled' ? `delivery, try ${trigger.number}` : 'delivery, resent by hand';
  return { what, orgId, appId, endpointId, messageId };
};

const ofWideTurn = (body: string): Subject => {
  const { message, after } = parseFanOutPage(body);
  const what = after === null ? 'message to many endpoints' : `message to many endpoints, after ${after}`;
  return { what, orgId: message.orgId, appId: message.appId, messageId: message.id };
};

const ofTask = (body: string): Subject => {
  const { orgId, appId, id } = parseTaskMessage(body);
  return { what: `background task ${id}`, orgId, appId };
};

const keys = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const TENANT = /^o#([^#]*)#a#([^#]*)/;
const MESSAGE = /msg_\w+/;
const ENDPOINT = /ep_\w+/;

/** Tables' keys hold the ids of what their items are about. */
export const ofKeys = (written: unknown): Omit<Subject, 'what'> => {
  const parsed = keys.safeParse(written);
  if (!parsed.success) return {};
  const { pk, sk } = parsed.data;
  const [, orgId, appId] = TENANT.exec(pk.S) ?? [];
  const messageId = MESSAGE.exec(`${pk.S} ${sk.S}`)?.[0];
  const endpointId = ENDPOINT.exec(sk.S)?.[0];
  return {
    ...(orgId === undefined ? {} : { orgId }),
    ...(appId === undefined ? {} : { appId }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(endpointId === undefined ? {} : { endpointId }),
  };
};

const ofStream = (body: string): Subject => {
  const stream = parseStreamDeadLetter(body);
  return stream.kind === 'record'
    ? { what: 'stream record', stream, ...ofKeys(JSON.parse(stream.deadLetter.keys)) }
    : {
        what: `batch of ${stream.lost.size} stream records`,
        stream,
        rememberedAs: batchName(stream.lost.source, stream.lost.from),
      };
};

const READERS = [ofErrand, ofWideTurn, ofTask, ofStream];

/** What a record is about, by its text alone. Nothing is unreadable enough to fail here. */
export const subjectOf = (body: string): Subject => {
  for (const read of READERS) {
    try {
      return read(body);
    } catch {
      continue; // of another form; the last word is below
    }
  }
  return { what: 'record of a form that this release does not know' };
};
