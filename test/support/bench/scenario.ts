import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { chunksOf } from '../../../functions/platform/concurrency/chunks.ts';
import { freshSender, ingestSender } from '../delivering.ts';
import type { Sender } from '../delivering.ts';
import { hookUrl, receiver, webhooks } from '../receiver.ts';
import { feed, invoke } from './functions-of-stack.ts';
import { SENT_TOGETHER, sendBy, withSender } from './ways.ts';
import type { Way } from './ways.ts';
import { advanceClock, startRecording, withSlowClock } from './recorded.ts';
import type { Recording } from './recorded.ts';
import type { Invocation } from './recording/invocation.ts';

/** Messages of one kind, published and delivered. */
export interface Scenario {
  readonly name: string;
  readonly messages: number;
  readonly endpoints: number;
  readonly payloadBytes: number;
  readonly eventId: boolean;
  /** Full batches: each function finds all records waiting. Otherwise each message is delivered before the next. */
  readonly batched: boolean;
  readonly sdk: boolean;
  /** All messages in one request, by batch publish. */
  readonly together?: boolean;
  /** By the ingest bus or queue; absent: by the API. Full batches are sent ten in a call. */
  readonly way?: Way;
}

/** One kilobyte to one endpoint, with the idempotency key that every SDK sends. */
export const USUAL: Omit<Scenario, 'name'> = {
  messages: 10,
  endpoints: 1,
  payloadBytes: 1_000,
  eventId: false,
  batched: false,
  sdk: true,
};

const payload = (bytes: number) => {
  // Random, as it would be compressed away otherwise; ids and words of real payloads compress about by half.
  const chars = Math.max(0, bytes - 12);
  let text = '';
  while (text.length < chars) text += `${randomUUID()} order paid by card `;
  return { data: text.slice(0, chars) };
};

const newMessage = ({ payloadBytes, eventId }: Scenario) => ({
  eventType: 'order.paid',
  payload: payload(payloadBytes),
  ...(eventId ? { eventId: randomUUID() } : {}),
});

const post = async (sender: Sender, { sdk }: Scenario, path: string, body: object): Promise<void> => {
  const headers = sdk ? { 'idempotency-key': `auto_${randomUUID()}` } : undefined;
  const { status, text } = await sender.send('POST', path, body, headers);
  expect(status, text).toBe(202);
};

const publish = (sender: Sender, scenario: Scenario): Promise<void> =>
  scenario.way === undefined
    ? post(sender, scenario, '/app/acme/msg', newMessage(scenario))
    : sendBy(scenario.way, [newMessage(scenario)]);

const publishAll = async (sender: Sender, scenario: Scenario): Promise<void> => {
  const { messages, together, way } = scenario;
  if (way !== undefined) {
    const all = Array.from({ length: messages }, () => newMessage(scenario));
    for (const some of chunksOf(all, SENT_TOGETHER)) await sendBy(way, some);
  } else if (together === true) {
    const data = Array.from({ length: messages }, () => newMessage(scenario));
    await post(sender, scenario, '/app/acme/msg/batch', { data });
  } else for (let index = 0; index < messages; index += 1) await publish(sender, scenario);
};

/** Functions that read a stream or a queue on a message's way to its receiver and into the read models. */
const FED = ['fan-out', 'deliver', 'deliver-bulk', 'project', 'announce'];

/** Deliveries of many messages at a time go to the bulk lane. */
const PROMPT = ['deliver', 'deliver-bulk'];
const DELIVERING = [...PROMPT, 'deliver-slow'];
/** The readers of the Deliveries stream. */
const READING = ['project', 'announce'];

/** What a message's own cost leaves out: reads and set-up of the benchmark, and what runs by the clock. */
const NOT_OURS = ['query', 'admin', 'sweep', 'update-hourly-statistics', 'check-event-sources'];

const receiverPath = (name: string) => `/bench/${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;

/** Returns the prefix of the paths at the receiver. */
const makeEndpoints = async (
  sender: Sender,
  { endpoints, name }: Scenario,
  commands = '',
): Promise<string> => {
  const path = `${receiverPath(name)}/${randomUUID()}`;
  const at = (index: number) => hookUrl(`${path}/${index}${commands}`);
  for (let index = 0; index < endpoints; index += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, endpoints - index) }, (_, more) =>
        sender.ask('POST', '/app/acme/endpoint', { url: at(index + more) }),
      ),
    );
  return path;
};

const ours = (invocations: readonly Invocation[]) =>
  invocations.filter(({ function: name }) => !NOT_OURS.includes(name));

const whenQuiet = async (): Promise<Recording> => {
  await startRecording().end();
  return startRecording();
};

const playBatched = async (sender: Sender, scenario: Scenario, recording: Recording): Promise<void> => {
  const { messages, endpoints, way } = scenario;
  const stopped = way === undefined ? FED : ['ingest', ...FED];
  await feed(stopped, false);
  try {
    await publishAll(sender, scenario);
    if (way !== undefined) {
      await feed(['ingest'], true);
      await recording.reached('ingest', messages);
    }
    await feed(['fan-out'], true);
    await recording.reached('fan-out', messages);
    await feed(PROMPT, true);
    await recording.reachedAny(PROMPT, messages * endpoints);
  } finally {
    await feed(stopped, true);
  }
  await recording.reached('project', messages * endpoints);
};

const playSingly = async (sender: Sender, scenario: Scenario, recording: Recording): Promise<void> => {
  for (let index = 1; index <= scenario.messages; index += 1) {
    await publish(sender, scenario);
    await recording.reached('project', index * scenario.endpoints);
  }
};

/**
 * A first attempt asks the log for earlier cancellations only within a minute of a change of its endpoint
 * (functions/deliver/canceled.domain.ts): endpoints are older than that, as they nearly always are.
 */
const SETTLED_MS = 2 * 60_000;

/** What functions did for the messages of a scenario. `onStart`: called once all is quiet, before its first message. */
export const play = async (
  scenario: Scenario,
  onStart: () => void = () => undefined,
): Promise<readonly Invocation[]> => {
  const sender = scenario.way === undefined ? await freshSender({}) : await ingestSender({});
  await makeEndpoints(sender, scenario);
  await advanceClock(SETTLED_MS);
  // The first message of an organization reads its application and settings, which functions keep in memory then.
  const first = startRecording();
  await publish(sender, scenario);
  await first.reached('project', scenario.endpoints);
  const recording = await whenQuiet();
  onStart();
  const publishing = () => (scenario.batched ? playBatched : playSingly)(sender, scenario, recording);
  await (scenario.batched || scenario.endpoints > 1 ? withSlowClock(publishing) : publishing());
  return withSender(ours(await recording.end()), scenario);
};

/** The contract's retry schedule, but for its first two retries, which SQS delays and nothing can bring forward. */
const SCHEDULE = [1, 1, 1_800, 7_200, 18_000, 36_000, 36_000];
const ATTEMPTS = SCHEDULE.length + 1;
/** Jitter delays a retry by up to a fifth. */
const LATEST = 1.3;

/** Of the sweeper only what it does for an item: it looks for items whether or not there are any. */
const withSweeps = (invocations: readonly Invocation[]): readonly Invocation[] => {
  const sweeps = invocations
    .filter(({ function: name }) => name === 'sweep')
    .map((one) => ({
      ...one,
      calls: one.calls.filter(({ operation }) => ['BatchWriteItem', 'SendMessageBatch'].includes(operation)),
    }))
    .filter(({ calls }) => calls.length > 0);
  return [...ours(invocations), ...sweeps];
};

/** Longer than SQS delays the first retries. */
const DELAYED_MS = 2_500;

/**
 * Messages whose endpoint fails at every attempt, from their publish to the last; `commands`: to the receiver. At full
 * batches the workers are stopped until all retries of a round wait, as many messages keep them full on a busy stage.
 */
export const playFailing = async (
  scenario: Scenario,
  commands: string,
  settings: object = {},
): Promise<readonly Invocation[]> => {
  const sender = await freshSender({ retrySchedule: SCHEDULE, ...settings });
  const path = await makeEndpoints(sender, scenario, commands);
  await advanceClock(SETTLED_MS);
  const recording = await whenQuiet();
  const { messages, batched } = scenario;
  const tries = async (attempt: number): Promise<void> => {
    if (batched) {
      await feed(DELIVERING, true);
      await webhooks({ path }, attempt * messages);
      await recording.quiet();
      await feed(DELIVERING, false);
      await feed(READING, true);
    }
    // By the read models: a delivery that goes to the slow lane is a record of both lanes.
    await recording.reached('project', attempt * messages);
    if (batched) await feed(READING, false);
  };
  await feed(FED, false);
  try {
    await publishAll(sender, scenario);
    await feed(batched ? ['fan-out'] : FED, true);
    if (batched) await recording.reached('fan-out', messages);
    for (const [index, delay] of SCHEDULE.entries()) {
      await tries(index + 1);
      if (delay <= 900) {
        if (batched) await wait(DELAYED_MS);
        continue;
      }
      await recording.quiet();
      await advanceClock(delay * LATEST * 1_000);
      await invoke('sweep');
    }
    await tries(ATTEMPTS);
  } finally {
    await feed([...FED, 'deliver-slow'], true);
  }
  return withSweeps(await recording.end());
};

/** Failures that open a circuit breaker: a hundred in a row, of which the first is half a minute old. */
const FAILURES = 60;
const FAILING_MS = 40_000;
/** Parked deliveries of an endpoint that has recovered are released over a minute, one a second at first. */
const RELEASED_MS = 65_000;

/** Messages to an endpoint whose circuit breaker is open: parked, and delivered once the endpoint has recovered. */
export const playParked = async (scenario: Scenario): Promise<readonly Invocation[]> => {
  const sender = await freshSender({ retrySchedule: [] });
  const repaired = randomUUID();
  await makeEndpoints(sender, scenario, `?status=500&until=${repaired}`);
  await advanceClock(SETTLED_MS);
  for (const aheadMs of [FAILING_MS, 0]) {
    const failing = startRecording();
    await publishAll(sender, { ...scenario, messages: FAILURES });
    await failing.reached('project', FAILURES);
    await failing.quiet();
    await advanceClock(aheadMs);
  }
  await sender.settings({ retrySchedule: SCHEDULE });
  const recording = await whenQuiet();
  const { messages } = scenario;
  await feed(FED, false);
  try {
    await publishAll(sender, scenario);
  } finally {
    await feed(FED, true);
  }
  await recording.reachedAny(DELIVERING, messages); // parked
  await receiver().release(repaired);
  await recording.reached('project', 1); // the probe, after a minute
  // A drain timer released the probe, another one releases the rest: many endpoints keep batches full meanwhile.
  await recording.reachedAny(DELIVERING, messages + 3);
  await feed(DELIVERING, false);
  await wait(RELEASED_MS);
  await feed(DELIVERING, true);
  await recording.reached('project', messages);
  return withSweeps(await recording.end());
};
