import { it } from 'vitest';
import { freshSender } from '../support/delivering.ts';
import type { Sender } from '../support/delivering.ts';
import { startComparison, takeRecords } from '../support/bench/comparison.ts';
import { cpuByFunction, timesOfProcesses } from '../support/bench/cpu.ts';
import type { FunctionCpu, ProcessTimes } from '../support/bench/cpu.ts';
import { feed } from '../support/bench/functions-of-stack.ts';
import { count, warmPids } from '../support/bench/recorded.ts';
import { hookUrl } from '../support/receiver.ts';
import { startSecureSink } from '../support/bench/secure-sink.ts';
import { machine } from '../../scripts/local/machine.ts';
import { save, table } from '../support/bench/report.ts';
import { play, USUAL } from '../support/bench/scenario.ts';
import type { Scenario } from '../support/bench/scenario.ts';

/**
 * Prints the CPU of a message (docs/performance.md): `npm run bench -- cpu`. Never asserts on time. CPU time itself grows
 * with what else the machine does, so measure on a quiet one, and compare only numbers of one run.
 */
const MODES: readonly Scenario[] = [
  { ...USUAL, name: 'one by one', messages: 60 },
  { ...USUAL, name: 'full batches', messages: 200, batched: true },
];

const measure = async (scenario: Scenario): Promise<readonly FunctionCpu[]> => {
  let before: ProcessTimes = new Map();
  const invocations = await play(scenario, () => (before = timesOfProcesses(warmPids())));
  return cpuByFunction(invocations, scenario.messages, before, timesOfProcesses([...before.keys()]));
};

const total = (all: readonly FunctionCpu[], of: (one: FunctionCpu) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);

const cpuTable = (name: string, all: readonly FunctionCpu[]): string => {
  const rows = [
    ...all,
    {
      name: 'all',
      handlerMs: total(all, (one) => one.handlerMs),
      processMs: total(all, (one) => one.processMs),
    },
  ];
  return table(
    [`${name}, CPU ms per message`, 'handler', 'whole process', 'runtime and recording'],
    rows.map((one) => [
      one.name,
      one.handlerMs.toFixed(2),
      one.processMs.toFixed(2),
      (one.processMs - one.handlerMs).toFixed(2),
    ]),
  );
};

const ROUNDS = 7;
/** Of each round; those before the first one warm up, as do the messages before each mode. Functions live for hours. */
const PER_ROUND = 60;
const WARM_UP_ROUNDS = 8;
const WARM_UP_MESSAGES = 600;
const POSTS = 200;
const BATCHES = [1, 10] as const;

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Round {
  readonly deliverMs: number;
  readonly postMs: number;
  /** Of the same POST by Node's own client, which a sender written from scratch would use. */
  readonly fetchMs: number;
}

const publishFor = async (sender: Sender, rounds: number): Promise<readonly object[]> => {
  const messages = rounds * PER_ROUND;
  await feed(['deliver', 'deliver-bulk'], false);
  try {
    for (let index = 0; index < messages; index += BATCHES[1])
      await Promise.all(
        Array.from({ length: BATCHES[1] }, () => sender.publish({ payload: { data: 'x'.repeat(990) } })),
      );
    return await takeRecords(messages);
  } finally {
    await feed(['deliver', 'deliver-bulk'], true);
  }
};

/** A receiver, as the deliver handler and the bare loop see it. */
interface Sink {
  readonly name: string;
  readonly sender: Sender;
  readonly bareUrl: string;
}

interface Compared {
  readonly sink: string;
  readonly batch: number;
  readonly rounds: readonly Round[];
}

/** The deliver handler and the bare loops alternately; the first rounds warm up and do not count. */
const compare = async (
  { name, sender, bareUrl }: Sink,
  comparison: Awaited<ReturnType<typeof startComparison>>,
): Promise<readonly Compared[]> => {
  const left = [...(await publishFor(sender, (ROUNDS + WARM_UP_ROUNDS) * BATCHES.length))];
  const rounds = new Map<number, Round[]>(BATCHES.map((batch) => [batch, []]));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1)
    for (const batch of BATCHES) {
      const deliverMs = await comparison.deliver(left.splice(0, PER_ROUND), batch);
      const postMs = await comparison.post('post', bareUrl, POSTS, batch);
      const fetchMs = await comparison.post('fetch', bareUrl, POSTS, batch);
      if (round >= 0) rounds.get(batch)?.push({ deliverMs, postMs, fetchMs });
    }
  return [...rounds].map(([batch, all]) => ({ sink: name, batch, rounds: all }));
};

const ratioTable = (compared: readonly Compared[]): string =>
  table(
    [
      ...['CPU ms per delivery, medians', 'deliver handler'],
      ...['bare signed POST', 'ratio', 'the same by fetch', 'ratio'],
    ],
    compared.map(({ sink, batch, rounds }) => [
      `${sink}, ${batch === 1 ? 'one by one' : `batches of ${batch}`}`,
      median(rounds.map(({ deliverMs }) => deliverMs)).toFixed(2),
      median(rounds.map(({ postMs }) => postMs)).toFixed(2),
      median(rounds.map(({ deliverMs, postMs }) => deliverMs / postMs)).toFixed(1),
      median(rounds.map(({ fetchMs }) => fetchMs)).toFixed(2),
      median(rounds.map(({ deliverMs, fetchMs }) => deliverMs / fetchMs)).toFixed(1),
    ]),
  );

/** An application with one endpoint. */
const senderTo = async (fields: object = {}): Promise<Sender> => {
  const sender = await freshSender({});
  await sender.endpoint('sink', '/bench/delivered', fields);
  return sender;
};

it('prints the CPU of a message by function, and of a delivery beside a bare loop of signed POSTs', async () => {
  await count(false);
  // Long before its messages: within a minute of a change of an endpoint a first attempt makes one more call.
  const secure = await startSecureSink();
  const sinks: readonly Sink[] = [
    { name: 'HTTP', sender: await senderTo(), bareUrl: hookUrl('/bench/bare') },
    {
      name: 'HTTPS, connection kept',
      sender: await senderTo({ url: secure.keptUrl }),
      bareUrl: secure.keptUrl,
    },
    {
      name: 'HTTPS, connection each',
      sender: await senderTo({ url: secure.closedUrl }),
      bareUrl: secure.closedUrl,
    },
  ];
  for (const scenario of MODES)
    await play({ ...scenario, name: `warm-up, ${scenario.name}`, messages: WARM_UP_MESSAGES });
  const modes: (readonly [string, readonly FunctionCpu[]])[] = [];
  for (const scenario of MODES) modes.push([scenario.name, await measure(scenario)]);
  const comparison = await startComparison(secure.certificateFile);
  const compared: Compared[] = [];
  for (const sink of sinks) compared.push(...(await compare(sink, comparison)));
  comparison.stop();
  await secure.stop();
  await count(true);
  const where = `${new Date().toISOString().slice(0, 10)}, ${machine()}.`;
  const text = [where, ...modes.map(([name, all]) => cpuTable(name, all)), ratioTable(compared)].join('\n\n');
  console.log(text);
  await save('cpu.md', `${text}\n`);
  console.log(await save('cpu.json', JSON.stringify({ where, modes, compared }, null, 2)));
});
