import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';

/** What senders with IAM publish by: the ingest bus and queue of the booted stack. */

const aws = () => ({
  endpoint: inject('stack').awsEndpointUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export const output = (name: string): string => {
  const value = inject('stack').outputs[name];
  if (value === undefined) throw new Error(`the stack has no output ${name}`);
  return value;
};

export const ingestSqs = () => new SQSClient({ ...aws(), useQueueUrlAsEndpoint: false });
export const ingestEvents = () => new EventBridgeClient(aws());
export const ingestBus = () => output('IngestBusArn').split('/').at(-1)!;

/** Puts events on the ingest bus; returns their ids. */
export const putEvents = async (
  entries: readonly Omit<PutEventsRequestEntry, 'EventBusName'>[],
): Promise<readonly string[]> => {
  const { Entries = [], FailedEntryCount } = await ingestEvents().send(
    new PutEventsCommand({ Entries: entries.map((entry) => ({ ...entry, EventBusName: ingestBus() })) }),
  );
  if (FailedEntryCount !== 0) throw new Error(JSON.stringify(Entries));
  return Entries.map(({ EventId }) => EventId!);
};

/** Sends bodies to the ingest queue, up to ten in a call; returns the ids of the queue messages. */
export const sendToIngest = async (bodies: readonly object[]): Promise<readonly string[]> => {
  const { Successful = [], Failed = [] } = await ingestSqs().send(
    new SendMessageBatchCommand({
      QueueUrl: output('IngestQueueUrl'),
      Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) })),
    }),
  );
  if (Failed.length > 0) throw new Error(JSON.stringify(Failed));
  return Successful.map(({ MessageId }) => MessageId!);
};

/** Calls SNS, which has the Query protocol and no client here; the emulator checks no signature. */
export const callSns = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
  const response = await fetch(inject('stack').awsEndpointUrl, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: new URLSearchParams({ Version: '2010-03-31', ...parameters }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`SNS ${parameters['Action']}: ${response.status} ${text}`);
  return text;
};
