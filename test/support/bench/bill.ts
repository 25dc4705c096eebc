import { MEMORY_MB, FED_BY_QUEUE } from './functions.ts';
import { FULL_CORE_MB, PRICES, UNIT_PRICES } from './prices.ts';
import { addUnits, chunks } from './recording/billing.ts';
import type { Units } from './recording/billing.ts';
import type { Invocation, RecordedCall } from './recording/invocation.ts';

/** What invocations did, and what AWS does by itself around them; all for a number of messages. */
export interface Counted {
  readonly messages: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly units: Units;
  /** What the units of DynamoDB are for, by function and kind of row. */
  readonly rows: readonly RowsOfKind[];
  /** Records that a queue gave more than once. */
  readonly receivedAgain: number;
  readonly invocations: Readonly<Record<string, number>>;
  /** Requests to the HTTP API, as metered. */
  readonly apiRequests: number;
  /** Bytes that functions wrote to their logs. */
  readonly logBytes: number;
  /** Receives and deletes that Lambda makes for functions with a queue. */
  readonly pollerRequests: number;
  /** Bytes that stay in tables until rows expire. */
  readonly storedBytes: number;
  /** Those of tables with backups. */
  readonly backedUpBytes: number;
}

/** Units of all rows of one kind in one function. */
export interface RowsOfKind {
  readonly function: string;
  readonly kind: string;
  readonly write: number;
  readonly read: number;
  /** Write units of writes that changed nothing. */
  readonly unchanged: number;
}

const isHttp = ({ function: name }: Invocation) => ['publish', 'query', 'admin'].includes(name);

/**
 * Lambda receives a batch and deletes what was done: a request each, in chunks of 64 KB (SQS pricing: "every 64 KB chunk
 * of a payload is billed as one request"). A batch of ten is received by one request.
 */
const pollerRequests = ({ function: name, records, eventBytes }: Invocation): number =>
  FED_BY_QUEUE.includes(name)
    ? Math.ceil(records / 10) * (chunks(eventBytes / Math.ceil(records / 10)) + 1)
    : 0;

const count = <Value>(values: readonly Value[], nameOf: (value: Value) => string): Record<string, number> =>
  Object.fromEntries<number>(
    [...Map.groupBy(values, nameOf)].map(([name, all]) => [name, all.length] as const).toSorted(),
  );

const sum = <Value>(values: readonly Value[], of: (value: Value) => number): number =>
  values.reduce((total, value) => total + of(value), 0);

/** Rows of one shared call (functions/platform/dynamodb/insert-new.ts). */
const SHARED_ROWS = 25;
const SHARED_CALL = 'DynamoDB BatchExecuteStatement';

/**
 * Calls of one invocation by name. The emulator's stream misses inserts that share a call, so they are made one by one there.
 * On AWS the first is sent at once and the others share calls while it is under way
 * (test/contract/deliver/batched-inserts.test.ts).
 */
const callsOf = ({ calls }: Invocation): readonly string[] => {
  const inserts = calls.filter(({ shared }) => shared === true).length;
  const alone = calls.filter(({ shared }) => shared !== true || inserts === 1);
  const together = inserts < 2 ? 0 : 1 + Math.ceil((inserts - 1) / SHARED_ROWS);
  return [
    ...alone.map(({ service, operation }) => `${service} ${operation}`),
    ...Array.from({ length: together }, () => SHARED_CALL),
  ];
};

const isCounted = ({ service }: RecordedCall): boolean => service !== 'Secrets Manager';

const rowsByKind = (invocations: readonly Invocation[]): readonly RowsOfKind[] => {
  const all = invocations.flatMap((one) =>
    one.calls.flatMap(({ rows = [] }) => rows.map((row) => ({ ...row, function: one.function }))),
  );
  return [...Map.groupBy(all, (row) => JSON.stringify([row.function, row.kind])).values()].map((some) => ({
    ...{ function: some[0]?.function ?? '', kind: some[0]?.kind ?? '' },
    write: sum(some, ({ write = 0 }) => write),
    read: sum(some, ({ read = 0 }) => read),
    unchanged: sum(some, ({ write = 0, unchanged }) => (unchanged === true ? write : 0)),
  }));
};

export const countedOf = (invocations: readonly Invocation[], messages: number): Counted => {
  const working = invocations.map((one) => ({ ...one, calls: one.calls.filter(isCounted) }));
  const calls = working.flatMap((one) => one.calls);
  return {
    messages,
    calls: count(working.flatMap(callsOf), (name) => name),
    units: calls.reduce<Units>((total, { units }) => addUnits(total, units), {}),
    rows: rowsByKind(working),
    receivedAgain: sum(invocations, (one) => one.receivedAgain),
    invocations: count(invocations, (one) => one.function),
    apiRequests: sum(invocations.filter(isHttp), ({ eventBytes }) =>
      Math.max(1, Math.ceil(eventBytes / PRICES.httpApiChunkBytes)),
    ),
    logBytes: sum(invocations, ({ logBytes }) => logBytes),
    pollerRequests: sum(invocations, pollerRequests),
    storedBytes: sum(calls, ({ stored = 0 }) => stored),
    backedUpBytes: sum(calls, ({ backedUp = 0 }) => backedUp),
  };
};

/** Times of a run without counting. */
export interface Times {
  readonly messages: number;
  /** Of warm invocations by function, for all messages together. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly wallMs: Readonly<Record<string, number>>;
  readonly memoryMb: Readonly<Record<string, number>>;
}

export const timesOf = (invocations: readonly Invocation[], messages: number): Times => {
  const warm = Map.groupBy(
    invocations.filter(({ cold }) => !cold),
    (one) => one.function,
  );
  const by = (of: (all: readonly Invocation[]) => number) =>
    Object.fromEntries<number>([...warm].map(([name, all]) => [name, of(all)] as const).toSorted());
  return {
    messages,
    cpuMs: by((all) => sum(all, ({ cpuMs }) => cpuMs)),
    wallMs: by((all) => sum(all, ({ wallMs }) => wallMs)),
    memoryMb: by((all) => Math.max(...all.map(({ memoryMb }) => memoryMb))),
  };
};

/**
 * Milliseconds that Lambda bills. Here a function has a core to itself, there a share of one by its memory (Lambda
 * Developer Guide: 1,769 MB have one core), so what it computes takes longer there; what it waits for does not.
 */
export const billedMs = (
  name: string,
  { cpuMs, wallMs }: Pick<Times, 'cpuMs' | 'wallMs'>,
  memoryMb = MEMORY_MB[name] ?? FULL_CORE_MB,
): number => {
  const cpu = cpuMs[name] ?? 0;
  const share = Math.min(1, memoryMb / FULL_CORE_MB);
  return Math.max(0, (wallMs[name] ?? 0) - cpu) + cpu / share;
};

/** List price in dollars of so many billed milliseconds. */
export const priceOfTime = (ms: number, memoryMb: number): number =>
  (ms / 1000) * (memoryMb / 1024) * PRICES.lambdaGbSecond;

const GB = 1_000_000_000;

/** List price in dollars of a million messages, by service. */
export const priceOf = (counted: Counted, times: Times): Readonly<Record<string, number>> => {
  const each = 1_000_000 / counted.messages;
  const { units } = counted;
  const cost = (name: keyof Units) => (units[name] ?? 0) * UNIT_PRICES[name] * each;
  const lambdaTime = sum(Object.keys(times.wallMs), (name) =>
    priceOfTime(billedMs(name, times), MEMORY_MB[name] ?? 0),
  );
  return {
    'API Gateway': counted.apiRequests * PRICES.httpApiRequest * each,
    'Lambda requests': sum(Object.values(counted.invocations), (one) => one) * PRICES.lambdaRequest * each,
    'Lambda time': (lambdaTime * 1_000_000) / times.messages,
    'DynamoDB writes': cost('write'),
    'DynamoDB reads': cost('read'),
    SQS:
      cost('sqsRequests') + cost('sqsFairRequests') + counted.pollerRequests * UNIT_PRICES.sqsRequests * each,
    EventBridge: cost('events'),
    S3: cost('s3Puts') + cost('s3Gets'),
    Logs: (counted.logBytes / GB) * PRICES.logGb * each,
  };
};

const MONTH_DAYS = 30;

/**
 * List price in dollars to keep what a million messages leave in tables until their rows expire, with the backups of
 * point-in-time recovery. Payloads in S3 are apart.
 */
export const storagePriceOf = ({ storedBytes, backedUpBytes, messages }: Counted, days: number): number =>
  ((storedBytes * PRICES.dynamoDbGbMonth + backedUpBytes * PRICES.dynamoDbBackupGbMonth) / GB) *
  (1_000_000 / messages) *
  (days / MONTH_DAYS);

export const total = (price: Readonly<Record<string, number>>): number =>
  sum(Object.values(price), (one) => one);
