import type { ApplicationFields } from '../catalog/catalog.port.ts';
import type { SchemaViolation } from '../catalog/event-types/json-schema.ts';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import { QUEUE_RETENTION_DAYS } from '../platform/limits/queues.domain.ts';
import { LONGEST_DELAY, LONGEST_DELIVERY_DELAY_MS } from '../platform/limits/retention.domain.ts';
import type { Step } from '../platform/steps/steps.ts';
import type { MessageContent } from '../publish/messages.port.ts';
import type { PublishEvent } from '../publish/publish-event.flow.ts';
import { UnreadableRecord, readRecord, recordedMessage } from './record-format.ts';
import { waitSeconds } from './waiting.domain.ts';
import type { Waiting } from './waiting.domain.ts';

/** A record of the ingest queue. */
export interface IngestRecord extends Waiting {
  readonly body: string;
  /** The id of the queue message, which is the event id of a record without one. */
  readonly messageId: string;
  /** The attribute `eventId`: of the sender, or the first id of a record that was sent again. */
  readonly eventId: string | null;
  readonly requestId: string;
}

/** The text of a MessageIn, decoded as the API decodes it. */
export type DecodeMessage = (text: string) =>
  | {
      readonly kind: 'message';
      readonly content: MessageContent;
      readonly application: ApplicationFields | null;
    }
  | { readonly kind: 'invalid'; readonly reason: string };

/** A record that can never be published, and why. */
export interface Refusal {
  readonly errorClass: string;
  readonly reason: string;
}

/** The port to the ingest queue and its dead-letter queue. Each send keeps the record's event id. */
export interface IngestQueues {
  sendAgain(record: IngestRecord, eventId: string, delaySeconds: number): Promise<void>;
  /** Throws for a record that has no room for a reason; SQS dead-letters it after the maximum receive count. */
  deadLetter(record: IngestRecord, eventId: string, refusal: Refusal): Promise<void>;
}

/** What became of a record, for metrics and logs. */
export type IngestFact =
  | { readonly kind: 'accepted' | 'duplicate' | 'waiting' }
  | { readonly kind: 'refused'; readonly record: string; readonly refusal: Refusal };

export interface IngestDeps {
  /** Every record of the queue belongs to it: nothing in a record says its organization. */
  readonly orgId: OrgId;
  readonly decode: DecodeMessage;
  readonly queues: IngestQueues;
  /** From -1 to 1. */
  readonly jitter: () => number;
  readonly now: () => number;
  readonly step: Step;
  readonly report: (fact: IngestFact) => void;
}

type Decoded =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'event';
      readonly application: string;
      readonly implicit: ApplicationFields | null;
      readonly content: MessageContent;
    };

const refused = (errorClass: string, reason: string): Decoded => ({
  kind: 'refused',
  refusal: { errorClass, reason },
});

const violationText = ({ path, message }: SchemaViolation): string =>
  `${['payload', ...path].join('.')} ${message}`;

/**
 * Publishes the records of the ingest queue. What can never be published is dead-lettered with the reason at once; what exceeds
 * a publish rate limit is sent to the queue again with a delay, so that its receives are not counted; everything else that
 * fails throws, and SQS makes the record visible again.
 */
export const makeIngest = ({ orgId, decode, queues, jitter, now, step, report }: IngestDeps) => {
  const read = (record: IngestRecord): { readonly decoded: Decoded; readonly eventId: string } => {
    let eventId = record.eventId ?? record.messageId;
    try {
      const found = readRecord(record.body);
      eventId = found.eventId ?? eventId;
      return { decoded: decodedOf(recordedMessage(found, eventId)), eventId };
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      return { decoded: refused(error.name, error.message), eventId };
    }
  };

  const decodedOf = ({ application, message }: ReturnType<typeof recordedMessage>): Decoded => {
    const decoded = decode(message);
    if (decoded.kind === 'invalid') return refused('InvalidMessage', decoded.reason);
    const { content, application: implicit } = decoded;
    const target = application ?? implicit?.uid ?? null;
    if (target === null)
      return refused('InvalidMessage', 'application.uid: the application to create needs one');
    return withDelay(content, (some) => ({ kind: 'event', application: target, implicit, content: some }));
  };

  /** A record may be late, so an instant in the past means now. */
  const withDelay = (content: MessageContent, event: (content: MessageContent) => Decoded): Decoded => {
    const { deliverAt } = content;
    if (deliverAt === null) return event(content);
    const ahead = deliverAt - now();
    if (ahead > LONGEST_DELIVERY_DELAY_MS)
      return refused('InvalidMessage', `deliverAt: must be at most ${LONGEST_DELAY} ahead`);
    return event({ ...content, deliverAt: ahead <= 0 ? null : deliverAt });
  };

  const refuse = async (record: IngestRecord, eventId: string, refusal: Refusal): Promise<void> => {
    await queues.deadLetter(record, eventId, refusal);
    report({ kind: 'refused', record: record.messageId, refusal });
    await step('ingest.dead-lettered');
  };

  const wait = async (record: IngestRecord, eventId: string, retryAfterSeconds: number): Promise<void> => {
    const delay = waitSeconds(record, retryAfterSeconds, jitter(), now());
    if (delay === undefined)
      return refuse(record, eventId, {
        errorClass: 'PublishLimit',
        reason: `it exceeded a publish rate limit for ${QUEUE_RETENTION_DAYS} days: raise the limit, then replay it`,
      });
    await queues.sendAgain(record, eventId, delay);
    report({ kind: 'waiting' });
    return step('ingest.sent-again');
  };

  return async (record: IngestRecord, publish: PublishEvent): Promise<void> => {
    const { decoded, eventId: byDefault } = read(record);
    if (decoded.kind === 'refused') return refuse(record, byDefault, decoded.refusal);
    const { application, implicit, content } = decoded;
    const eventId = content.eventId ?? byDefault;
    const outcome = await publish({ ...content, orgId, application, implicit, eventId });
    switch (outcome.kind) {
      case 'accepted':
      case 'duplicate':
        report({ kind: outcome.kind });
        return step('ingest.published');
      case 'limited':
        return wait(record, byDefault, outcome.retryAfterSeconds);
      case 'schema-violation':
        return refuse(record, byDefault, {
          errorClass: 'SchemaViolation',
          reason: outcome.violations.map(violationText).join('; '),
        });
      case 'application-not-found':
        return refuse(record, byDefault, {
          errorClass: 'ApplicationNotFound',
          reason: `there is no application "${application}": create it, then replay the record`,
        });
    }
  };
};
