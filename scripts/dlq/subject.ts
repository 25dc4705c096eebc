import { idsInKey } from '../../functions/platform/dynamodb/ids-in-key.ts';
import { batchName } from '../../functions/platform/sqs/dead-letter.port.ts';
import { parseQueueMessage } from '../../functions/deliver/queue/queue-message.ts';
import type { StreamDeadLetter } from '../../functions/platform/sqs/dead-letters.sqs.ts';
import { readRecord, textIn } from '../../functions/ingest/record-format.ts';
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
  /** Set for dead letters of stream readers. */
  readonly stream?: StreamDeadLetter;
  /** The `record` of its entry in the failure log; absent: the id of the queue message. */
  readonly failureLogRecord?: string;
}

const ofQueueMessage = (body: string): Subject => {
  const queueMessage = parseQueueMessage(body);
  if (queueMessage.kind === 'drainTimer') {
    const { orgId, appId, endpointId } = queueMessage.drainTimer;
    return { what: 'timer that drains parked deliveries', orgId, appId, endpointId };
  }
  const { trigger, orgId, appId, endpointId, messageId } = queueMessage.delivery;
  const what = trigger.kind === 'scheduled' ? `delivery, attempt ${trigger.number}` : 'delivery, resend';
  return { what, orgId, appId, endpointId, messageId };
};

const ofFanOutPage = (body: string): Subject => {
  const { message, after } = parseFanOutPage(body);
  const what = after === null ? 'message to many endpoints' : `message to many endpoints, after ${after}`;
  return { what, orgId: message.orgId, appId: message.appId, messageId: message.id };
};

const ofTask = (body: string): Subject => {
  const { orgId, appId, id } = parseTaskMessage(body);
  return { what: `background task ${id}`, orgId, ...(appId !== null && { appId }) };
};

const ofStream = (body: string): Subject => {
  const stream = parseStreamDeadLetter(body);
  return stream.kind === 'record'
    ? { what: 'stream record', stream, ...idsInKey(JSON.parse(stream.deadLetter.keys)) }
    : {
        what: `batch of ${stream.lost.size} stream records`,
        stream,
        failureLogRecord: batchName(stream.lost.source, stream.lost.from),
      };
};

/** A record of the ingest queue says its organization nowhere: it is that of the queue. */
const ofIngest = (body: string): Subject => {
  const { fields } = readRecord(body);
  const [application, eventType] = [textIn(fields, 'application'), textIn(fields, 'eventType')];
  if (application === undefined && eventType === undefined)
    throw new Error('not a record of the ingest queue');
  return { what: `event ${eventType ?? 'without a type'} for application ${application ?? 'unknown'}` };
};

const PARSERS = [ofQueueMessage, ofFanOutPage, ofTask, ofStream, ofIngest];

/** What a record is about, from its body alone. Never throws: an unknown format gets a description of its own. */
export const subjectOf = (body: string): Subject => {
  for (const parse of PARSERS) {
    try {
      return parse(body);
    } catch {
      continue; // another format
    }
  }
  return { what: 'record in a format that this release does not know' };
};
