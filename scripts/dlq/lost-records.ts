import type { DynamoDBStreamsClient, _Record } from '@aws-sdk/client-dynamodb-streams';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { LostBatch } from '../../functions/platform/sqs/dead-letter.port.ts';

/** As many as a reader takes at a time: 1 MB at most, and so fit for one invocation. */
const PAGE = 100;
/** A shard may answer with empty pages on the way; one that never comes to its end is a fault. */
const MOST_PAGES = 1_000;

/** Whether a stream has forgotten what was asked for, after 24 hours, or is gone itself. */
export const isForgotten = (error: unknown): boolean =>
  error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException;

const isPast = (sequenceNumber: string | undefined, end: string): boolean =>
  sequenceNumber !== undefined && BigInt(sequenceNumber) >= BigInt(end);

/**
 * The records that a batch pointed at, read again from the stream, a page at a time. There may be others between them,
 * which the reader's filter kept away. Throws what `isForgotten` knows when the stream does not have them any more.
 */
export async function* lostRecords(
  streams: DynamoDBStreamsClient,
  { source, shard, from, to }: LostBatch,
): AsyncGenerator<readonly _Record[]> {
  let { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      ...{ StreamArn: source, ShardId: shard },
      ...{ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: from },
    }),
  );
  for (let page = 0; page < MOST_PAGES && ShardIterator !== undefined; page += 1) {
    const answer = await streams.send(new GetRecordsCommand({ ShardIterator, Limit: PAGE }));
    const { Records = [] } = answer;
    const end = Records.findIndex(({ dynamodb }) => isPast(dynamodb?.SequenceNumber, to));
    const wanted = end === -1 ? Records : Records.slice(0, end + 1);
    if (wanted.length > 0) yield wanted;
    if (end !== -1) return;
    ShardIterator = answer.NextShardIterator;
  }
  throw new Error(`${shard} ended before record ${to}`);
}
