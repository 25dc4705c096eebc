import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ATTEMPTS_BY_TIME } from '../../../../functions/platform/dynamodb/indexes.ts';
import { timeOf } from './clock.ts';
import type { Clock } from './clock.ts';
import { CLOCK, COUNTING, PROFILE, PROFILING } from './folder.ts';
import { makeDynamoUnits, unitsOf } from './call-units.ts';
import type { TableKind } from './call-units.ts';
import type { Invocation, RecordedCall } from './invocation.ts';
import { tapCalls } from '../../tap-calls.ts';
import type { SentCall } from '../../tap-calls.ts';

/**
 * In bundles for the benchmark alone (lib/building-blocks/function-code.ts). Functions are processes of this machine
 * there, so what they did is appended to a file of the benchmark's folder, outside of what is measured.
 */

type Handler = (event: unknown, context: unknown, ...rest: unknown[]) => Promise<unknown>;

/** A look at the file takes more than many looks at the clock. The runtime's own, before an invocation, finds it changed. */
const LOOK_EVERY_MS = 20;

const shiftClock = (folder: string): void => {
  const file = join(folder, CLOCK);
  const now = Date.now.bind(Date);
  let clock: Clock | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  Date.now = () => {
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      lookedAt = performance.now();
      clock = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Clock) : undefined;
    }
    return Math.round(timeOf(clock, now()));
  };
};

/** The records of a batch; undefined: the event is a request or a tick of the clock. */
const recordsOf = (event: unknown): readonly unknown[] | undefined =>
  typeof event === 'object' && event !== null && 'Records' in event && Array.isArray(event.Records)
    ? event.Records
    : undefined;

/** As far as the record of a queue says how often it was received. */
interface Received {
  readonly attributes?: { readonly ApproximateReceiveCount?: string };
}

const receivedAgain = (records: readonly unknown[] = []): number =>
  records.filter((record) => Number((record as Received).attributes?.ApproximateReceiveCount ?? 1) > 1)
    .length;

const countLogs = (add: (bytes: number) => void): void => {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    add(Buffer.byteLength(chunk));
    return write(chunk, ...(rest as []));
  };
};

interface Counted {
  calls: RecordedCall[];
  logBytes: number;
}

/** Inserts of attempts by deliver and of messages by batch publish share calls on AWS, where streams show them. */
const isShared = ({ operation, input }: SentCall): boolean =>
  operation === 'PutItem' &&
  [process.env['DELIVERIES_TABLE'], process.env['MESSAGES_TABLE']].includes(String(input['TableName']));

/** Rows of Control (idempotency keys, due items) are gone after hours; read models are rebuilt and have no backups. */
const kindOf = (table: string): TableKind => {
  if (table === process.env['CONTROL_TABLE']) return { keeping: 'no' };
  if (table === process.env['VIEWS_TABLE']) return { keeping: 'kept' };
  return {
    keeping: 'backed-up',
    ...(table === process.env['DELIVERIES_TABLE'] && { index: ATTEMPTS_BY_TIME }),
  };
};

const countCalls = (folder: string, counted: Counted): void => {
  const uncounted = new DynamoDBClient({});
  const dynamoUnits = makeDynamoUnits(uncounted, kindOf);
  const isCounting = () => existsSync(join(folder, COUNTING));
  tapCalls(async (call: SentCall, make) => {
    const { service, operation, bytes } = call;
    if (!isCounting()) return make();
    if (service !== 'DynamoDB') {
      counted.calls.push({ service, operation, bytes, units: { ...unitsOf(call) } });
      return make();
    }
    const { answer, units, rows, stored, backedUp } = await dynamoUnits(call, make);
    counted.calls.push({
      ...{ service, operation, bytes, stored, backedUp, units: { ...units }, rows: [...rows] },
      ...(isShared(call) ? { shared: true } : {}),
    });
    return answer();
  }, uncounted);
};

/** Shorter than most invocations. The profiler itself takes a few per cent with it. */
const SAMPLED_EVERY_US = 100;

/** Starts and stops V8's profiler of this process as the folder says; called between invocations. */
const makeProfiler = (folder: string, name: string): (() => void) => {
  let session: Session | undefined;
  return () => {
    const asked = existsSync(join(folder, PROFILING));
    if (asked === (session !== undefined)) return;
    if (session === undefined) {
      session = new Session();
      session.connect();
      session.post('Profiler.enable');
      session.post('Profiler.setSamplingInterval', { interval: SAMPLED_EVERY_US });
      session.post('Profiler.start');
      return;
    }
    // Answers before it returns, since the session is of the same thread.
    session.post('Profiler.stop', (_error, { profile }) =>
      writeFileSync(join(folder, `${name}.${process.pid}${PROFILE}`), JSON.stringify(profile)),
    );
    session.disconnect();
    session = undefined;
  };
};

/** The handler, measured; without a folder in BENCH_DIR the handler itself. */
export const measured = (handler: Handler): Handler => {
  const { BENCH_DIR: folder, POWERTOOLS_SERVICE_NAME: name = 'unknown' } = process.env;
  if (folder === undefined) return handler;
  const counted: Counted = { calls: [], logBytes: 0 };
  shiftClock(folder);
  countLogs((bytes) => (counted.logBytes += bytes));
  countCalls(folder, counted);
  const profile = makeProfiler(folder, name);
  let cold = true;
  return async (event, ...rest) => {
    profile();
    counted.calls = [];
    counted.logBytes = 0;
    const startedAt = performance.timeOrigin + performance.now();
    const cpu = process.cpuUsage();
    const from = performance.now();
    try {
      return await handler(event, ...rest);
    } finally {
      const { user, system } = process.cpuUsage(cpu);
      const line: Invocation = {
        function: name,
        pid: process.pid,
        cold,
        startedAt,
        records: recordsOf(event)?.length ?? 1,
        receivedAgain: receivedAgain(recordsOf(event)),
        eventBytes: Buffer.byteLength(JSON.stringify(event)),
        wallMs: performance.now() - from,
        cpuMs: (user + system) / 1000,
        memoryMb: process.memoryUsage.rss() / 1_048_576,
        logBytes: counted.logBytes,
        calls: counted.calls,
      };
      cold = false;
      appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(line)}\n`);
    }
  };
};
