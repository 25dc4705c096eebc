import type { DynamoDBStreamsClient, _Record } from '@aws-sdk/client-dynamodb-streams';
import type { QueuedDeadLetter } from './dead-letter.ts';
import { isTrimmed, lostRecords } from './lost-records.ts';
import { idsInKey } from '../../functions/platform/dynamodb/ids-in-key.ts';

/** A batch has at most 100 records; the range may also hold records that the reader's event filter excludes. */
const MAX_LINES = 100;

const line = ({ eventName, dynamodb }: _Record): string => {
  const { appId, messageId, endpointId } = idsInKey(dynamodb?.Keys);
  const about = [appId, messageId, endpointId].filter((id) => id !== undefined);
  return [eventName ?? 'change', ...(about.length > 0 ? about : [JSON.stringify(dynamodb?.Keys)])].join(' ');
};

/** One line for each record of a discarded stream batch, read again from the stream; empty for other dead letters. */
export const batchContents = async (
  streams: DynamoDBStreamsClient,
  { stream }: QueuedDeadLetter,
): Promise<readonly string[]> => {
  if (stream?.kind !== 'batch') return [];
  const { lost } = stream;
  const lines = [`of ${lost.source}`, `${lost.shard}, ${lost.from} to ${lost.to}`, lost.condition];
  try {
    for await (const page of lostRecords(streams, lost)) {
      lines.push(...page.map(line));
      if (lines.length > MAX_LINES) break;
    }
  } catch (error) {
    if (!isTrimmed(error)) throw error;
    lines.push('the stream no longer has the records (it keeps them for 24 hours)');
  }
  return lines;
};
