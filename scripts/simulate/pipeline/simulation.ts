import type { Lane } from '../../../functions/deliver/lanes/lane.domain.ts';
import { DELIVERY_TIMEOUT_SECONDS } from '../../../functions/platform/limits/delivery.domain.ts';
import {
  MOST_RECEIVES,
  QUEUE_BATCH,
  visibilitySeconds,
} from '../../../functions/platform/limits/queues.domain.ts';
import { STREAM_BATCH, STREAM_PARALLELISM } from '../../../functions/platform/limits/streams.domain.ts';
import { MINUTE_MS, SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import { DEFAULT_SETTINGS } from '../../../functions/platform/settings/organization-settings.ts';
import { makeClock } from '../engine/clock.ts';
import { makeRandom } from '../engine/random.ts';
import { makeTable, PARTITION_WRITES } from '../model/dynamo.ts';
import { makeEventSource } from '../model/event-source.ts';
import type { EventSource } from '../model/event-source.ts';
import { makeAccount, makeFunction } from '../model/lambda.ts';
import { LANE_FUNCTIONS, eachLane, lanesOf, makeLaneByVolume } from '../model/lanes.ts';
import { FUNCTION_MS, READS, STORED_BYTES } from '../model/measured.ts';
import { makeStream } from '../model/stream.ts';
import type { Scenario } from '../scenario.ts';
import { makeDeliver } from './deliver.ts';
import type { RecordedAttempt } from './deliver.ts';
import type { Delivery, Policy } from './delivery.ts';
import { makeDueItems } from './due.ts';
import { makeLedger } from './ledger.ts';
import { makeParking } from './parking.ts';
import { makePublish } from './publish.ts';
import type { Message } from './publish.ts';
import { makeReceivers, outageOf, spikesOf } from './receivers.ts';
import { makeUsers } from './users.ts';
import { noUnits } from './units.ts';
import { SHARDS } from '../../../functions/platform/dynamodb/keys.ts';

/** Intervals of the series. */
const INTERVALS_OF_LOAD = 240;
/** Series go on for this long after the last publish. */
const AFTER_LOAD_MINUTES = 180;
/** A run ends this long after the last retry could be due, whatever is left then. */
const LONGEST_RUN_HOURS = 72;

export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly users: number;
  readonly seed: number;
  /** A sample of one user in so many, with that share of what all users share. */
  readonly scale: number;
  /** Receives after which SQS dead-letters a record; absent: as deployed. */
  readonly maxReceives?: number;
  /** Called each virtual minute. */
  readonly onMinute?: (minute: number, open: number) => void;
}

/** The whole pipeline for one number of users. */
export const makeSimulation = (options: SimulationOptions) => {
  const { scenario, seed, scale } = options;
  const sampled = Math.max(1, Math.round(options.users / scale));
  const clock = makeClock();
  const random = makeRandom(seed);
  const units = noUnits();
  const policy: Policy = {
    schedule: scenario.retrySchedule ?? DEFAULT_SETTINGS.retrySchedule,
    requestTimeoutMs: (scenario.requestTimeout ?? DEFAULT_SETTINGS.requestTimeout) * SECOND_MS,
  };
  const intervalMs = (scenario.minutes * MINUTE_MS) / INTERVALS_OF_LOAD;
  const intervals = Math.ceil(((scenario.minutes + AFTER_LOAD_MINUTES) * MINUTE_MS) / intervalMs);
  const timing = { intervalMs, intervals };
  const outage = outageOf(scenario);

  const account = makeAccount(Math.max(1, scenario.account.concurrency / scale));
  const fn = (name: string) => makeFunction({ name, account, scale, ...timing });
  const workers = eachLane((lane) => fn(LANE_FUNCTIONS[lane]));
  const functions = {
    publish: fn('publish'),
    fanOut: fn('fan-out'),
    project: fn('project'),
    ...workers,
  };
  const newTable = () => makeTable(scenario.account.tableWrites, scale);
  const tables = {
    messages: newTable(),
    control: newTable(),
    deliveries: newTable(),
    views: newTable(),
  };
  const shards = Math.max(1, Math.ceil(scenario.account.tableWrites / PARTITION_WRITES / scale));

  const ledger = makeLedger({ ...timing, scale, outage, spikes: spikesOf(scenario) });
  const users = makeUsers(scenario, seed);
  const respond = makeReceivers(random, scenario, policy);

  const lanes: Partial<Record<Lane, EventSource<Delivery>>> = {};
  const send = (lane: Lane, delivery: Delivery, delayMs: number) => lanes[lane]?.send(delivery, delayMs);

  const due = makeDueItems(clock, scale, (delivery, delayMs) => send('fast', delivery, delayMs));
  const parking = makeParking({
    clock,
    send: (delivery, delayMs) => send('fast', delivery, delayMs),
    schedule: (delivery, atMs) => due.put(delivery, atMs),
    written: (count) => void tables.control.write(clock.now(), count),
  });

  const project = makeStream<RecordedAttempt>({
    ...{ clock, random, lambda: functions.project, shards },
    ...{ parallelism: STREAM_PARALLELISM.project, batch: STREAM_BATCH },
    work: (attempts, nowMs) => {
      for (const { endpoint, isPromptSuccess } of attempts) {
        const partition = endpoint.isHot ? random.below(SHARDS) : undefined;
        tables.views.write(nowMs, isPromptSuccess ? 1 : 2, partition);
        units.storedBytes += STORED_BYTES.furtherDelivery;
      }
      const { first, further } = FUNCTION_MS.project;
      return { durationMs: first + further * (attempts.length - 1), ended: () => undefined };
    },
  });

  const deliver = makeDeliver({
    ...{ clock, random, policy, ledger, respond, parking, due, send, units },
    ...{ deliveries: tables.deliveries, control: tables.control },
    recorded: project.append,
  });

  const limits = lanesOf(scenario);
  const makeLane = (lane: Lane): EventSource<Delivery> =>
    makeEventSource<Delivery>({
      ...{ clock, random, scale, lambda: workers[lane], ...timing },
      ...limits[lane],
      visibilityMs: visibilitySeconds(DELIVERY_TIMEOUT_SECONDS.byDefault) * SECOND_MS,
      maxReceives: options.maxReceives ?? MOST_RECEIVES,
      groupOf: ({ endpoint }) => endpoint.user,
      work: deliver(lane, limits[lane]),
      onDeadLetter: (delivery) => ledger.ended(delivery, 'dead-lettered', clock.now()),
    });
  const sources = eachLane(makeLane);
  Object.assign(lanes, sources);

  const laneByVolume = makeLaneByVolume();
  const fanOut = makeStream<Message>({
    ...{ clock, random, lambda: functions.fanOut, shards },
    ...{ parallelism: STREAM_PARALLELISM.fanOut, batch: STREAM_BATCH },
    work: (messages) => {
      const { first, further } = FUNCTION_MS.fanOut;
      tables.control.read(READS.fanOutApplication * new Set(messages.map(({ user }) => user)).size);
      return {
        durationMs: first + further * (messages.length - 1),
        ended: () => {
          let count = 0;
          for (const [user, own] of Map.groupBy(messages, (message) => message.user)) {
            const endpoints = users.endpointsOf(user);
            const lane = laneByVolume(user, own.length * endpoints.length, clock.now());
            for (const { bytes, acceptedAt } of own)
              for (const endpoint of endpoints) {
                count += 1;
                const delivery: Delivery = { endpoint, bytes, acceptedAt, number: 1 };
                ledger.made(delivery);
                send(lane, delivery, 0);
              }
          }
          units.sqsRequests += Math.ceil(count / QUEUE_BATCH);
          units.sqsFairRequests += Math.ceil(count / QUEUE_BATCH);
        },
      };
    },
  });

  const publishing = makePublish({
    ...{ clock, random, scenario, users: sampled, scale, units },
    ...{ lambda: functions.publish, messages: tables.messages, control: tables.control },
    accepted: (message) => {
      ledger.accepted(message.acceptedAt);
      units.storedBytes += STORED_BYTES.message - STORED_BYTES.furtherDelivery;
      clock.at(message.acceptedAt, () => fanOut.append(message));
    },
  });

  if (outage !== undefined && scenario.outage?.of === 'delivery') {
    const suspend = (suspended: boolean) => () => {
      for (const worker of Object.values(workers)) worker.suspended = suspended;
    };
    clock.at(outage.fromMs, suspend(true));
    clock.at(outage.untilMs, suspend(false));
  }

  /** What is under way; the run is over once all is 0. */
  const underWay = () => ({
    publishes: publishing.underWay(),
    streams: fanOut.size() + project.size(),
    queues: Object.values(sources).reduce((sum, source) => sum + source.size(), 0),
    due: due.size(),
    parked: parking.size(),
  });
  const isOver = () => Object.values(underWay()).every((count) => count === 0);

  const everyMinute = (minute: number) => {
    for (const table of Object.values(tables)) table.minute();
    options.onMinute?.(minute, ledger.open());
  };

  return {
    ...{ clock, account, functions, tables, sources, limits, fanOut, project, due, parking, ledger },
    ...{ publishing, units, policy, outage, intervalMs, intervals, sampled, underWay },
    /** Publishes for the minutes of the scenario and then goes on until every delivery has ended. */
    run: (): void => {
      const last = LONGEST_RUN_HOURS * 60;
      for (let minute = 1; minute <= last; minute += 1) {
        clock.runUntil(minute * MINUTE_MS);
        everyMinute(minute);
        if (minute >= scenario.minutes && isOver()) return;
      }
    },
  };
};

export type Simulation = ReturnType<typeof makeSimulation>;
