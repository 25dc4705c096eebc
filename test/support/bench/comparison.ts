import { execFileSync, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '@aws-sdk/client-sqs';
import { buildSync } from 'esbuild';
import { inject } from 'vitest';
import { bundleEntry } from '../../../lib/building-blocks/function-code.ts';
import { emulatorVariables } from '../../../scripts/local/deploy/guard.ts';
import { environmentOf } from './functions-of-stack.ts';
import type { Work } from './side-by-side.ts';

const BATCH = 10;

const recordOf = ({ MessageId = '', ReceiptHandle = '', Body = '' }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  messageAttributes: {},
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:deliver',
  awsRegion: 'us-east-1',
});

/** Takes so many records from the queues of the fast and the bulk lane, whose workers are stopped. */
export const takeRecords = async (count: number): Promise<readonly object[]> => {
  const { DELIVERY_QUEUE_URL, BULK_QUEUE_URL } = await environmentOf('deliver');
  const endpoint = inject('stack').awsEndpointUrl;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
  const records: object[] = [];
  const takeFrom = async (QueueUrl: string | undefined): Promise<boolean> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 5 }),
    );
    if (Messages.length === 0) return false;
    records.push(...Messages.map(recordOf));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return true;
  };
  for (const url of [BULK_QUEUE_URL, DELIVERY_QUEUE_URL]) {
    let more = true;
    while (more && records.length < count) more = await takeFrom(url);
  }
  if (records.length < count) throw new Error(`the queues had ${records.length} of ${count} records`);
  sqs.destroy();
  return records;
};

const answerOf = (child: ChildProcess): Promise<{ readonly cpuMs?: number; readonly error?: string }> =>
  new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as object));
    child.once('exit', (code) =>
      reject(new Error(`the process of the comparison ended with ${String(code)}`)),
    );
  });

/** Both run on one core where the system can pin a process. */
const pin = ({ pid }: ChildProcess): void => {
  try {
    execFileSync('taskset', ['-pc', '0', String(pid)], { stdio: 'ignore' });
  } catch {
    // Without taskset (macOS) the scheduler chooses.
  }
};

/** One process with the deliver handler and the bare loop of signed POSTs: both share its HTTP client, core and sink. */
export const startComparison = async (certificateFile: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-bench-deliver-'));
  bundleEntry('deliver', folder, 'none');
  // Bundled too: a loader of TypeScript and its source maps make every error cost half a millisecond.
  const work = join(folder, 'side-by-side.js');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'side-by-side.ts')],
    outfile: work,
    bundle: true,
    platform: 'node',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  const child = fork(work, [join(folder, 'index.js')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      ...(await environmentOf('deliver')),
      ...emulatorVariables(inject('stack').awsEndpointUrl),
      AWS_LAMBDA_FUNCTION_NAME: 'deliver',
      NODE_EXTRA_CA_CERTS: certificateFile,
      // As on AWS: the emulator only lacks the stream records of batched inserts, which nothing reads here.
      BATCHED_INSERTS: 'true',
    },
  });
  await answerOf(child);
  pin(child);
  const run = async (work: Work): Promise<number> => {
    child.send(work);
    const { cpuMs, error } = await answerOf(child);
    if (cpuMs === undefined) throw new Error(error);
    return cpuMs;
  };
  return {
    /** CPU (ms) of the handler for each record, in batches of so many. */
    deliver: async (records: readonly object[], batch: number): Promise<number> => {
      const events = Array.from({ length: Math.ceil(records.length / batch) }, (_, index) => ({
        Records: records.slice(index * batch, (index + 1) * batch),
      }));
      return (await run({ kind: 'deliver', events })) / records.length;
    },
    /** CPU (ms) of a bare signed POST by our HTTP client or by Node's `fetch`, so many of them open at once. */
    post: async (kind: 'post' | 'fetch', url: string, posts: number, atOnce: number): Promise<number> =>
      (await run({ kind, posts, atOnce, url })) / posts,
    stop: () => child.disconnect(),
  };
};
