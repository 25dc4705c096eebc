import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { clientConfig } from './deploy/guard.ts';

/** Poll interval. For display only: following a stream this way may miss or repeat a record. */
const POLL_MS = 400;

const latest = async (client: DynamoDBStreamsClient, TableName: string): Promise<string | undefined> => {
  const { Streams } = await client.send(new ListStreamsCommand({ TableName }));
  const StreamArn = Streams?.[0]?.StreamArn;
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.at(-1)?.ShardId;
  const input = { StreamArn, ShardId, ShardIteratorType: 'LATEST' } as const;
  return (await client.send(new GetShardIteratorCommand(input))).ShardIterator;
};

/** Yields the new image of every item that is written to `table` from now on, until the signal aborts. */
export async function* followTable(
  endpointUrl: string,
  table: string,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  const client = new DynamoDBStreamsClient(clientConfig(endpointUrl));
  let position = await latest(client, table);
  while (!signal.aborted) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: position }));
    for (const { dynamodb } of page.Records ?? [])
      if (dynamodb?.NewImage !== undefined) yield unmarshall(dynamodb.NewImage);
    position = page.NextShardIterator ?? (await latest(client, table));
    await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
