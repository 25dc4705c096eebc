import { setTimeout as wait } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { emulatorFetch } from './guard.ts';

/** Follows a table's stream on the emulator from now on. Only for people who watch: it may miss or repeat a record. */
const POLL_MS = 400;

const streams = z.object({ Streams: z.array(z.object({ StreamArn: z.string() })) });
const description = z.object({
  StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }),
});
const iterator = z.object({ ShardIterator: z.string() });
/** An attribute in the wire's own form, e.g. `{ "S": "text" }`. */
const attribute = z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null);
const records = z.object({
  NextShardIterator: z.string().optional(),
  Records: z.array(
    z.object({ dynamodb: z.object({ NewImage: z.record(z.string(), attribute).optional() }) }),
  ),
});

const call = async <T>(
  endpointUrl: string,
  action: string,
  input: object,
  schema: z.ZodType<T>,
): Promise<T> => {
  const response = await emulatorFetch(endpointUrl, 'dynamodb', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${action}`,
    },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(10_000),
  });
  return schema.parse(await response.json());
};

const latest = async (endpointUrl: string, table: string): Promise<string | undefined> => {
  const found = await call(endpointUrl, 'ListStreams', { TableName: table }, streams);
  const StreamArn = found.Streams[0]?.StreamArn;
  const { StreamDescription } = await call(endpointUrl, 'DescribeStream', { StreamArn }, description);
  const ShardId = StreamDescription.Shards.at(-1)?.ShardId;
  const input = { StreamArn, ShardId, ShardIteratorType: 'LATEST' };
  return (await call(endpointUrl, 'GetShardIterator', input, iterator)).ShardIterator;
};

/** New images (as plain objects) of everything written to `table` from now on, until the signal aborts. */
export async function* followTable(
  endpointUrl: string,
  table: string,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  let position = await latest(endpointUrl, table);
  while (!signal.aborted) {
    const page = await call(endpointUrl, 'GetRecords', { ShardIterator: position }, records);
    for (const { dynamodb } of page.Records)
      if (dynamodb.NewImage !== undefined) yield unmarshall(dynamodb.NewImage);
    position = page.NextShardIterator ?? (await latest(endpointUrl, table));
    await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
