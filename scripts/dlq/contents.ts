import type { DynamoDBStreamsClient, _Record } from '@aws-sdk/client-dynamodb-streams';
import type { QueuedDeadLetter } from './dead-letter.ts';
import { isForgotten, lostRecords } from './lost-records.ts';
import { ofKeys } from './subject.ts';

/** As many lines as a batch has records, unless the reader's filter kept others away from it. */
const SHOWN = 100;

const line = ({ eventName, dynamodb }: _Record): string => {
  const { appId, messageId, endpointId } = ofKeys(dynamodb?.Keys);
  const about = [appId, messageId, endpointId].filter((id) => id !== undefined);
  return [eventName ?? 'change', ...(about.length > 0 ? about : [JSON.stringify(dynamodb?.Keys)])].join(' ');
};

/** What a batch that was given up is about, as its stream still has it; nothing for any other letter. */
export const contentsOf = async (
  streams: DynamoDBStreamsClient,
  { stream }: QueuedDeadLetter,
): Promise<readonly string[]> => {
  if (stream?.kind !== 'batch') return [];
  const { lost } = stream;
  const lines = [`of ${lost.source}`, `${lost.shard}, ${lost.from} to ${lost.to}`, lost.condition];
  try {
    for await (const page of lostRecords(streams, lost)) {
      lines.push(...page.map(line));
      if (lines.length > SHOWN) break;
    }
  } catch (error) {
    if (!isForgotten(error)) throw error;
    lines.push('the stream has forgotten the records');
  }
  return lines;
};
