import { describe, expect, it } from 'vitest';
import { appId, endpointId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { EndpointId, MessageId } from '../../../functions/platform/ids/brand.domain.ts';
import { NOON, application, endpoint, publishRequest } from '../../support/simulation/builders.ts';
import { unfinished } from '../../support/simulation/invariants.ts';
import type { RowFault, RowKind } from '../../support/simulation/row-faults.ts';
import { makeSimulation } from '../../support/simulation/simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const APPS = ['app_a', 'app_b', 'app_c'].map(appId);
const ENDPOINTS = APPS.flatMap((app) => [1, 2, 3].map((number) => endpointId(`ep_${app}_${number}`)));
const MESSAGES = 20;

/** Three tenants with three throttled endpoints each, in the same batches; rows of some fail for half an hour. */
const play = async (fault: RowFault = () => false) => {
  const simulation = makeSimulation({
    settings: { retrySchedule: [5, 1800, 5] },
    faults: { latencyMs: () => 5 },
    rowFault: (what, subject) => simulation.clock.now() < NOON + 30 * MINUTE && fault(what, subject),
  });
  for (const app of APPS) {
    await simulation.tenants.create(application({ orgId: orgId(`org_${app}`), id: app }));
    for (const id of ENDPOINTS.filter((one) => one.startsWith(`ep_${app}`)))
      simulation.tenants.putEndpoint(
        endpoint({
          orgId: orgId(`org_${app}`),
          appId: app,
          id,
          url: `https://${id}.example`,
          throttleRate: 100,
        }),
      );
  }
  const pairs: { messageId: MessageId; endpointId: EndpointId; at: number }[] = [];
  for (let index = 0; index < MESSAGES; index += 1)
    for (const app of APPS)
      simulation.clock.at(NOON + index * 1_000, async () => {
        const outcome = await simulation.publish(
          publishRequest({ orgId: orgId(`org_${app}`), application: app }),
        );
        if (outcome.kind !== 'accepted') return;
        for (const id of ENDPOINTS.filter((one) => one.startsWith(`ep_${app}`)))
          pairs.push({ messageId: outcome.message.id, endpointId: id, at: simulation.clock.now() });
      });
  await simulation.clock.runUntil(NOON + MINUTE);
  await simulation.runToRest(24 * HOUR);
  while (simulation.deadLetters().length > 0) {
    simulation.redrive();
    await simulation.runToRest(24 * HOUR);
  }
  const waits = (isHealthy: (endpoint: string) => boolean) =>
    pairs
      .filter((pair) => isHealthy(pair.endpointId))
      .map(({ messageId, endpointId: id, at }) => {
        const first = simulation.receivers
          .received()
          .find((one) => one.messageId === messageId && one.url === `https://${id}.example`);
        return first === undefined ? Infinity : first.at - at;
      });
  return { simulation, pairs, waits };
};

const quiet = await play();
const KINDS: readonly RowKind[] = [
  'context',
  'tenant',
  'throttle',
  'health',
  'log',
  'queue',
  'due',
  'parking',
];
/** The read of a batch gives up on throttled rows after this; the record is then read separately. */
const BRIEF_MS = 100;

const check = async (fault: RowFault, isHealthy: (endpoint: string) => boolean) => {
  const { simulation, pairs, waits } = await play(fault);
  expect(unfinished(simulation, pairs)).toEqual([]);
  expect(pairs).toHaveLength(MESSAGES * ENDPOINTS.length);
  expect(Math.max(...waits(isHealthy))).toBeLessThanOrEqual(
    Math.max(...quiet.waits(isHealthy)) + 2 * BRIEF_MS,
  );
  expect(simulation.leftRunning).toEqual([]);
};

describe('simulation: other tenants get their deliveries in normal time, and none is lost', () => {
  it.each(KINDS)('while rows of one tenant fail: %s', async (kind) => {
    await check(
      (what, { appId: app }) => what === kind && app === 'app_b',
      (id) => !id.startsWith('ep_app_b'),
    );
  });

  it.each(KINDS)('while rows of one endpoint fail: %s', async (kind) => {
    await check(
      (what, { endpointId: id }) => what === kind && id === 'ep_app_b_2',
      (id) => id !== 'ep_app_b_2',
    );
  });

  it('while all rows of one tenant fail at once', async () => {
    await check(
      (_, { appId: app }) => app === 'app_b',
      (id) => !id.startsWith('ep_app_b'),
    );
  });
});

describe('simulation: an endpoint whose row cannot be parsed', () => {
  it('has its deliveries dead-lettered while other endpoints get theirs, and a replay sends them', async () => {
    let broken = true;
    const simulation = makeSimulation({ unreadableRow: (id) => broken && id === 'ep_b' });
    const ids = ['ep_a', 'ep_b', 'ep_c'].map(endpointId);
    await simulation.tenants.create(application());
    for (const id of ids) simulation.tenants.putEndpoint(endpoint({ id, url: `https://${id}.example` }));
    const outcome = await simulation.publish(publishRequest());
    await simulation.runToRest(24 * HOUR);
    const urls = () => simulation.receivers.received().map(({ url }) => url);
    expect(urls().toSorted()).toEqual(['https://ep_a.example', 'https://ep_c.example']);
    expect(simulation.receivers.received().every(({ at }) => at < NOON + MINUTE)).toBe(true);
    expect(simulation.deliveries.deadLetters).toHaveLength(1);
    broken = false;
    simulation.deliveries.redrive();
    await simulation.runToRest(24 * HOUR);
    expect(urls().toSorted()).toEqual(ids.map((id) => `https://${id}.example`));
    if (outcome.kind !== 'accepted') throw new Error('not accepted');
    const { id: messageId } = outcome.message;
    const pairs = ids.map((id) => ({ messageId, endpointId: id, at: NOON }));
    expect(unfinished(simulation, pairs)).toEqual([]);
  });

  it('keeps its parked deliveries until the row is repaired', async () => {
    let broken = false;
    const simulation = makeSimulation({ unreadableRow: (id) => broken && id === 'ep_a' });
    await simulation.tenants.create(application());
    simulation.tenants.putEndpoint(endpoint({ id: endpointId('ep_a'), throttleRate: 1 }));
    for (let index = 0; index < 2_000; index += 1) await simulation.publish(publishRequest());
    await simulation.clock.runUntil(NOON + 5 * MINUTE);
    const parked = simulation.parking.size();
    expect(parked).toBeGreaterThan(0);
    broken = true;
    await simulation.clock.runUntil(NOON + 6 * HOUR);
    expect(simulation.parking.size()).toBe(parked);
    broken = false;
    while (simulation.deadLetters().length > 0) {
      simulation.redrive();
      await simulation.runToRest(24 * HOUR);
    }
    const received = new Set(simulation.receivers.received().map(({ messageId }) => messageId));
    expect(received.size).toBe(2_000);
  });
});
