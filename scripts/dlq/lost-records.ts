import type { DynamoDBStreamsClient, _Record } from '@aws-sdk/client-dynamodb-streams';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { LostBatch } from '../../functions/platform/sqs/dead-letter.port.ts';

/** Records of one GetRecords call (1 MB at most), so that a page fits into one invocation. */
const PAGE = 100;
/** GetRecords may return empty pages before the range ends; this bounds the loop. */
const MAX_PAGES = 1_000;

/** Whether the records are past the stream's 24-hour retention, or the stream was deleted. */
export const isTrimmed = (error: unknown): boolean =>
  error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException;

const isPast = (sequenceNumber: string | undefined, end: string): boolean =>
  sequenceNumber !== undefined && BigInt(sequenceNumber) >= BigInt(end);

/**
 * Reads the records of a discarded batch again from the stream, page by page. The range may include records that the
 * reader's event filter excludes. Throws an error that `isTrimmed` recognizes when the stream no longer has them.
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
  for (let page = 0; page < MAX_PAGES && ShardIterator !== undefined; page += 1) {
    const answer = await streams.send(new GetRecordsCommand({ ShardIterator, Limit: PAGE }));
    const { Records = [] } = answer;
    const end = Records.findIndex(({ dynamodb }) => isPast(dynamodb?.SequenceNumber, to));
    const inRange = end === -1 ? Records : Records.slice(0, end + 1);
    if (inRange.length > 0) yield inRange;
    if (end !== -1) return;
    ShardIterator = answer.NextShardIterator;
  }
  throw new Error(`Shard ${shard} ended before sequence number ${to}`);
}
