import { expect, it } from 'vitest';
import { endpointId } from '../../functions/domain/brand.ts';
import type { EndpointId, MessageId } from '../../functions/domain/brand.ts';
import { application, endpoint, NOON, publishRequest } from '../support/world/builders.ts';
import type { Mishap } from '../support/world/process.ts';
import { misprojected, misrecorded, sentTwice, unfinished } from '../support/world/promises.ts';
import { makeRandom } from '../support/world/random.ts';
import type { Script } from '../support/world/receivers.ts';
import { makeWorld } from '../support/world/world.ts';

/** `CHAOS_MESSAGES` and `CHAOS_SEED` make another run than the published one (docs/reliability.md). */
const MESSAGES = Number(process.env['CHAOS_MESSAGES'] ?? 10_000);
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
const HOUR_MS = 3_600_000;
/** Publishing takes an hour of virtual time; the schedule of the last message is over about 31 hours later. */
const PUBLISHING_MS = HOUR_MS;
const PATIENCE_MS = 96 * HOUR_MS;

/** A receiver of every kind. Reset and redirect are failures that last a few tries; gone turns its endpoint off. */
const FLEET: Readonly<Record<string, Script>> = {
  fast: () => ({}),
  slow: () => ({ delayMs: 4_000 }),
  flapping: ({ time }) => ({ status: time % 3 === 0 ? 200 : 503 }),
  hanging: ({ time }) => (time < 3 ? { delayMs: 60_000 } : {}),
  resetting: ({ time }) => (time < 3 ? { reset: true } : {}),
  redirecting: ({ time }) => ({ status: time < 4 ? 302 : 200 }),
  gone: ({ at }) => ({ status: at > NOON + PUBLISHING_MS / 2 ? 410 : 200 }),
  busy: ({ time }) => (time < 3 ? { status: 429, retryAfter: '30' } : {}),
  dead: () => ({ status: 500 }),
};
const ENDPOINTS: readonly EndpointId[] = Object.keys(FLEET).map((name) => endpointId(`ep_${name}`));
const urlOf = (id: EndpointId) => `https://${id}.example`;

/** What a place may suffer, by a seed. Crashes between a POST and its record are counted: they alone may double a send. */
const makeMishaps = (seed: number) => {
  const random = makeRandom(seed);
  const crashes = new Map<string, number>();
  const kinds: readonly Mishap[] = ['crash-before', 'crash-after', 'busy', 'twice'];
  return {
    crashes,
    mishap: (place: string): Mishap | undefined => {
      if (!random.chance(0.002)) return undefined;
      const mishap = kinds[random.below(kinds.length)];
      if (mishap?.startsWith('crash') === true) crashes.set(place, (crashes.get(place) ?? 0) + 1);
      return mishap;
    },
    latencyMs: () => random.below(20),
    skewMs: () => random.below(2_000) - 1_000,
  };
};

it(`chaos: of ${MESSAGES} messages none is lost, none ends in a wrong state, and only crashes after a POST send twice`, async () => {
  const { crashes, ...faults } = makeMishaps(SEED * 7919);
  const world = makeWorld({
    seed: SEED,
    faults,
    shuffled: true,
    repeated: 0.02,
    deliverBatch: 10,
  });
  await world.tenants.create(application());
  for (const [name, script] of Object.entries(FLEET)) {
    const id = endpointId(`ep_${name}`);
    world.tenants.putEndpoint(endpoint({ id, url: urlOf(id) }));
    world.receivers.answer(urlOf(id), script);
  }
  const accepted: MessageId[] = [];
  const publish = async (key: string) => {
    const outcome = await world.publish(publishRequest({ idempotency: key }));
    if (outcome.kind === 'accepted') accepted.push(outcome.message.id);
  };
  for (let index = 0; index < MESSAGES; index += 1) {
    world.clock.at(NOON + Math.floor((index * PUBLISHING_MS) / MESSAGES), () => void publish(`key-${index}`));
  }
  await world.clock.runUntil(NOON + PUBLISHING_MS);
  await world.runToRest(PATIENCE_MS);
  const queues = [world.deliveries, world.slowDeliveries, world.wideTurns];
  const letters = () => queues.reduce((sum, queue) => sum + queue.deadLetters.length, 0);
  const poisoned = letters();
  while (letters() > 0) {
    await world.clock.runUntil(world.clock.now() + 60_000);
    for (const queue of queues) queue.redrive();
    await world.runToRest(PATIENCE_MS);
  }

  const pairs = accepted.flatMap((messageId) => ENDPOINTS.map((id) => ({ messageId, endpointId: id })));
  const lost = unfinished(world, pairs);
  const wrong = [...misrecorded(world, 2_500), ...(await misprojected(world))];
  const doubled = sentTwice(world, ENDPOINTS, urlOf);
  const killed = [...crashes.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    [
      `messages accepted      ${accepted.length} of ${MESSAGES}`,
      `attempts recorded      ${world.log.all().length}`,
      `processes killed       ${killed}, at ${crashes.size} different places`,
      `dead letters replayed  ${poisoned}`,
      `lost                   ${lost.length}`,
      `wrong states           ${wrong.length}`,
      `sent twice             ${doubled.length}`,
    ].join('\n'),
  );
  expect(accepted).toHaveLength(MESSAGES);
  expect(new Set(accepted).size).toBe(MESSAGES);
  expect(lost).toEqual([]);
  expect(wrong).toEqual([]);
  // A killed process takes its whole batch of ten with it, and each of them may have been under way.
  expect(doubled.length).toBeLessThanOrEqual(10 * killed);
});
