import { z } from 'zod';
import { batchName } from '../../functions/platform/sqs/dead-letter.port.ts';
import { parseErrand } from '../../functions/deliver/queue/delivery-record.ts';
import type { StreamLetter } from '../../functions/platform/sqs/dead-letters.sqs.ts';
import { parseStreamLetter } from '../../functions/platform/sqs/dead-letters.sqs.ts';
import { parseTaskErrand } from '../../functions/replay/task-queue.sqs.ts';
import { parseWideTurn } from '../../functions/fan-out/wide-queue.sqs.ts';

/** What a dead letter is about. */
export interface Subject {
  readonly what: string;
  readonly orgId?: string;
  readonly appId?: string;
  readonly messageId?: string;
  readonly endpointId?: string;
  /** Set for letters of streams. */
  readonly stream?: StreamLetter;
  /** The name under which its worker remembers why it failed; absent: that of its record in the queue. */
  readonly rememberedAs?: string;
}

const ofErrand = (body: string): Subject => {
  const errand = parseErrand(body);
  if (errand.kind === 'wake') {
    const { orgId, appId, endpointId } = errand.wake;
    return { what: 'reminder to look after parked deliveries', orgId, appId, endpointId };
  }
  const { turn, orgId, appId, endpointId, messageId } = errand.delivery;
  const what = turn.kind === 'scheduled' ? `delivery, try ${turn.number}` : 'delivery, resent by hand';
  return { what, orgId, appId, endpointId, messageId };
};

const ofWideTurn = (body: string): Subject => {
  const { message, after } = parseWideTurn(body);
  const what = after === null ? 'message to many endpoints' : `message to many endpoints, after ${after}`;
  return { what, orgId: message.orgId, appId: message.appId, messageId: message.id };
};

const ofTask = (body: string): Subject => {
  const { orgId, appId, id } = parseTaskErrand(body);
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
  const stream = parseStreamLetter(body);
  return stream.kind === 'record'
    ? { what: 'stream record', stream, ...ofKeys(JSON.parse(stream.letter.keys)) }
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
