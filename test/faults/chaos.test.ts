import { beforeAll, expect, it } from 'vitest';
import { endpointId, messageId } from '../../functions/platform/ids/brand.domain.ts';
import type { Stage } from '../../scripts/dlq/stage.ts';
import { reconcile } from '../../scripts/reconcile/command.ts';
import {
  deliveryState,
  idsOf,
  ingestTwice,
  publishAll,
  replayAll,
  setVisibilityTimeouts,
} from '../support/chaos.ts';
import { freshSender } from '../support/delivering.ts';
import { bootedStage, signal, shortVisibility } from '../support/drill.ts';
import { randomCrashes } from '../support/faults.ts';
import { eventually } from '../support/poll.ts';
import { receiver } from '../support/receiver.ts';
import { misrecorded, unfinished, wrongEnds } from '../support/simulation/invariants.ts';
import type { DeliveryState } from '../support/simulation/invariants.ts';
import { STREAM_BATCH } from '../../functions/platform/limits/streams.domain.ts';

/** `CHAOS_MESSAGES` and `CHAOS_SEED` change the run from the published one (docs/reliability.md). */
const MESSAGES = Number(process.env['CHAOS_MESSAGES'] ?? 200);
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
/** The probability that a process ends at a step that it reaches. Most stream readers reach few: one for each batch. */
const ODDS = { deliver: 0.004, publish: 0.01, ingest: 0.05, 'fan-out': 0.05, project: 0.05, announce: 0.01 };
/** The least visibility timeout. Longer than a batch takes, so that no record is received by two workers. */
const HIDDEN_SECONDS = 20;
const SCHEDULE = [1, 2];
/** Events that come by the ingest queue, each sent twice, besides the messages of the API. */
const EVENTS = Math.ceil(MESSAGES / 4);
/** Retries and records of ended processes are received one after the other. */
const PATIENCE = { deadlineMs: 600_000 };
/** SQS delays by whole seconds, so an attempt may be up to a second early. */
const EARLY_MS = 1_000;

/**
 * A hundred failures in a row within 30 seconds or more open the circuit breaker, and parked deliveries outlast this test.
 * On a busy machine the first attempts of all messages may come before any second one, so endpoints that fail at first get
 * only every eighth message, like those that never succeed.
 */
const typeOf = (index: number) => (index % 8 === 0 ? 'some' : 'most');
const ALL = ['some', 'most'];
/** Receivers by their scripts (docs/receiver.md), with the event types that they get and how their deliveries end. */
const FLEET = [
  { name: 'ok', script: '', types: ALL, ends: ['succeeded'] },
  { name: 'slow', script: '?delay=1000', types: ALL, ends: ['succeeded'] },
  { name: 'flapping', script: '?flap=2', types: ['some'], ends: ['succeeded'] },
  { name: 'busy', script: '?script=429,200&retry-after=1', types: ['some'], ends: ['succeeded'] },
  { name: 'dead', script: '?status=500', types: ['some'], ends: ['exhausted'] },
  { name: 'gone', script: '?status=410', types: ['some'], ends: ['gone', 'canceled', 'off'] },
] as const;

let stage: Stage;

beforeAll(async () => {
  stage = bootedStage();
  await setVisibilityTimeouts(stage, await shortVisibility(HIDDEN_SECONDS));
});

/** Creates an endpoint for each receiver, at paths that no other run uses. */
const openFleet = async () => {
  const sender = await freshSender({ retrySchedule: SCHEDULE });
  for (const name of ALL) await sender.ask('POST', '/event-type', { name, description: '' });
  const path = `/chaos/${sender.orgId}/`;
  const fleet = [];
  for (const one of FLEET) {
    const { id } = await sender.endpoint(one.name, `${path}${one.name}${one.script}`, {
      filterTypes: one.types,
    });
    fleet.push({ ...one, id: endpointId(String(id)) });
  }
  return { sender, path, fleet, app: String((await sender.ask('GET', '/app/acme'))['id']) };
};

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

it(`chaos on the emulator: of ${MESSAGES} messages none is lost or ends in a wrong state, and a request is repeated only if its process ended or its delivery had a duplicate`, async () => {
  const { sender, path, fleet, app } = await openFleet();
  const since = Date.now();
  const crashes = await randomCrashes({ seed: SEED, odds: ODDS });
  const events = await ingestTwice(EVENTS);
  const bodies = Array.from({ length: MESSAGES }, (_, n) => ({ eventType: typeOf(n), payload: { n } }));
  const accepted = await publishAll(sender, bodies);
  const pairs = accepted.flatMap((id, index) =>
    fleet
      .filter(({ types }) => types.some((type) => type === typeOf(index)))
      .map((one) => ({ messageId: messageId(id), endpointId: one.id })),
  );
  const left = (state: DeliveryState) => unfinished(state, pairs).length;
  const read = () => deliveryState(sender, app);

  console.log(
    `${accepted.length} messages accepted; waiting for most deliveries while processes end at random`,
  );
  await eventually(read, (state) => left(state) < pairs.length / 10, {
    ...PATIENCE,
    what: 'most deliveries ended',
  });
  await crashes.stop();
  console.log('no more crashes; waiting for the other deliveries and replaying dead-lettered messages');
  let replayed = 0;
  const replayAndRead = async () => {
    replayed += await replayAll(stage);
    return read();
  };
  const published = await eventually(
    async () => {
      replayed += await replayAll(stage);
      return events.published();
    },
    (some) => new Set(some).size === EVENTS,
    { ...PATIENCE, what: 'every event was published' },
  ).catch(events.published);
  const state = await eventually(replayAndRead, (one) => left(one) === 0, PATIENCE).catch(read);

  const attempts = state.log.all();
  const lost = unfinished(state, pairs);
  const ends = new Map<string, readonly ('succeeded' | 'exhausted' | 'gone' | 'canceled' | 'off')[]>(
    fleet.map((one) => [one.id, one.ends]),
  );
  const wrong = [...wrongEnds(state, pairs, (id) => ends.get(id) ?? []), ...misrecorded(state, EARLY_MS)];
  const requests = (await receiver().received({ path })).length;
  const { killed, cut, processesCut, duplicated } = await crashes.counts();
  const repeated = requests - attempts.length;
  const repeatedFanOuts = killed['fan-out.sent'] ?? 0;
  console.log(
    [
      `seed                     ${SEED}, ${Math.round((Date.now() - since) / 1000)} s`,
      `messages accepted        ${accepted.length} of ${MESSAGES}`,
      `attempts recorded        ${attempts.length}`,
      `processes killed         ${sum(Object.values(killed))}: ${JSON.stringify(killed)}`,
      `dead-lettered, replayed  ${replayed}`,
      `events published         ${published.length} of ${EVENTS}, each sent twice`,
      `lost                     ${lost.length}`,
      `wrong states             ${wrong.length}`,
      `cut before their record  ${cut} requests, of ${processesCut} processes`,
      `requests repeated        ${repeated}, of which ${duplicated} by duplicate deliveries of ${repeatedFanOuts} repeated fan-outs`,
    ].join('\n'),
  );
  expect(published.toSorted()).toEqual(events.sent.toSorted());
  expect(lost).toEqual([]);
  expect(wrong).toEqual([]);
  expect(repeated).toBeLessThanOrEqual(cut + duplicated);
  expect(duplicated).toBeLessThanOrEqual(repeatedFanOuts * STREAM_BATCH * FLEET.length);
  expect(new Set(accepted).size).toBe(MESSAGES);
  expect((await idsOf(sender, '/app/acme/msg')).toSorted()).toEqual(accepted.toSorted());
  const known = attempts.map(({ id }) => String(id)).toSorted();
  const listed = async () => {
    const lists = fleet.map(({ id }) => idsOf(sender, `/app/acme/attempt/endpoint/${id}`));
    return (await Promise.all(lists)).flat().toSorted();
  };
  await eventually(listed, (ids) => ids.join() === known.join(), {
    what: 'the lists contained each attempt once',
  });
  const options = { stage: 'local', app, since, queueAge: 0, rate: 50, fix: false, changed: false };
  const terminal = { say: () => undefined, now: () => Date.now(), signal };
  expect(await reconcile(stage, options, { ...terminal, graceMs: 0 })).toMatchObject({
    ...{ 'never-tried': 0, 'retry-not-made': 0, unreadable: 0, waiting: 0, parked: 0 },
  });
});
