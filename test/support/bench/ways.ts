import { putEvents, sendToIngest } from '../ingest.ts';
import { chunks } from './recording/billing.ts';
import type { Invocation, RecordedCall } from './recording/invocation.ts';

/** The ways in beside the API: events of the ingest bus, and direct messages of the ingest queue. */
export type Way = 'bus' | 'queue';

/** The most entries of one call, which senders of many events fill. */
export const SENT_TOGETHER = 10;

const source = 'posthorn.publish';

export const sendBy = async (
  way: Way,
  messages: readonly { readonly eventType: string }[],
): Promise<void> => {
  const records = messages.map((message) => ({ application: 'acme', ...message }));
  if (way === 'queue') await sendToIngest(records);
  else
    await putEvents(
      records.map(({ eventType, ...detail }) => ({
        ...{ Source: source, DetailType: eventType, Detail: JSON.stringify(detail) },
      })),
    );
};

/** What the sender's calls are billed. EventBridge bills each event, and its message to the queue is a request to SQS. */
const sent = (way: Way, count: number, bytes: number): readonly RecordedCall[] =>
  way === 'queue'
    ? [
        {
          ...{ service: 'SQS', operation: 'SendMessageBatch', bytes: count * bytes },
          units: { sqsRequests: chunks(count * bytes) },
        },
      ]
    : [
        {
          ...{ service: 'EventBridge', operation: 'PutEvents', bytes: count * bytes },
          units: { events: count * chunks(bytes) },
        },
        ...Array.from({ length: count }, () => ({
          ...{ service: 'SQS', operation: 'SendMessage by EventBridge', bytes },
          units: { sqsRequests: chunks(bytes) },
        })),
      ];

/** The invocations, with what the sender's calls cost beside the first of ingest. */
export const withSender = (
  invocations: readonly Invocation[],
  { way, messages, batched, payloadBytes }: Sent,
): readonly Invocation[] => {
  if (way === undefined) return invocations;
  const together = batched ? SENT_TOGETHER : 1;
  const calls = Array.from({ length: Math.ceil(messages / together) }, () =>
    sent(way, together, payloadBytes),
  ).flat();
  const first = invocations.find((one) => one.function === 'ingest');
  return invocations.map((one) => (one === first ? { ...one, calls: [...one.calls, ...calls] } : one));
};

interface Sent {
  readonly way?: Way;
  readonly messages: number;
  readonly batched: boolean;
  readonly payloadBytes: number;
}
