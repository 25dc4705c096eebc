import { describe, expect, it } from 'vitest';
import { LONGEST_WAIT_MS } from '../../../../functions/platform/limits/delivery.domain.ts';
import { BODY_BYTES } from '../../../../functions/platform/limits/requests.domain.ts';
import { NOON, publishRequest } from '../../../support/simulation/builders.ts';
import { MINUTE, failingEndpointsScenario } from './scenario.ts';

describe('a slow endpoint', () => {
  it('has no request cut off, and delays no other endpoint', async () => {
    const simulation = await failingEndpointsScenario(
      { deliverConcurrency: 10, settings: { requestTimeout: 30 } },
      [{}, {}],
    );
    const [slow, quick] = simulation.endpoints;
    simulation.receivers.answer(slow!.url, () => ({ delayMs: 29_000 }));
    simulation.publish(300, 200);
    await simulation.rest();
    expect(simulation.ends().every(({ succeeded }) => succeeded)).toBe(true);
    expect(simulation.receivers.received()).toHaveLength(600);
    const late = simulation.sends(quick!.url).filter(({ at }, index) => at > NOON + index * 200 + 31_000);
    expect(late).toEqual([]);
  });

  it('moves to the slow lane before its first request ends, so that few invocations of the fast lane wait for it', async () => {
    const simulation = await failingEndpointsScenario({
      deliverConcurrency: 100,
      settings: { requestTimeout: 30 },
    });
    simulation.receivers.answer(simulation.endpoint.url, () => ({ delayMs: 29_000 }));
    simulation.publish(10, 1_000);
    await simulation.clock.runUntil(NOON + 5_500);
    const { slowUntil } = await simulation.health.read({
      ...simulation.endpoint,
      endpointId: simulation.endpoint.id,
    });
    expect(slowUntil).toBe(NOON + 5_000 + 10 * MINUTE);
    await simulation.rest();
    expect(simulation.ends().every(({ succeeded }) => succeeded)).toBe(true);
    expect(simulation.health.writes()).toBeLessThanOrEqual(6);
  });

  it('returns to the fast lane after ten quick minutes', async () => {
    const simulation = await failingEndpointsScenario();
    simulation.receivers.answer(simulation.endpoint.url, ({ at }) => ({
      delayMs: at < NOON + MINUTE ? 6_000 : 5,
    }));
    simulation.publish(120, 10_000);
    await simulation.rest();
    const { slowUntil } = await simulation.health.read({
      ...simulation.endpoint,
      endpointId: simulation.endpoint.id,
    });
    expect(slowUntil).toBeLessThan(NOON + 12 * MINUTE);
    expect(simulation.receivers.received()).toHaveLength(120);
  });

  it('has at most five requests open for each batch of the fast lane', async () => {
    const simulation = await failingEndpointsScenario({ deliverConcurrency: 1, streamBatch: 50 });
    simulation.receivers.answer(simulation.endpoint.url, () => ({ delayMs: 1_000 }));
    simulation.publish(10, 0);
    await simulation.rest();
    const first = simulation.sends(simulation.endpoint.url).filter(({ at }) => at < NOON + 900);
    expect(first.length).toBeLessThanOrEqual(5);
    expect(simulation.ends()).toHaveLength(10);
  });
});

it('a delivery that waited in its batch for memory is sent before its duplicate may start, or by another batch', async () => {
  let readAt = 0;
  const waits: number[] = [];
  const mishap = (place: string) => {
    if (place === 'deliver-slow:reader.read') readAt = simulation.clock.now();
    if (place === 'deliver-slow:outbound.send') waits.push(simulation.clock.now() - readAt);
    return undefined;
  };
  const simulation = await failingEndpointsScenario({
    slowConcurrency: 1,
    settings: { requestTimeout: 10 },
    faults: { mishap },
  });
  const { endpoint: one } = simulation;
  simulation.receivers.answer(one.url, () => ({ delayMs: 9_000 }));
  await simulation.health.markSlow({ ...one, endpointId: one.id }, NOON + 60 * MINUTE, NOON);
  const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(BODY_BYTES - 100) }));
  // Later than eventually consistent reads may miss the mark.
  for (let index = 0; index < 60; index += 1)
    simulation.clock.at(NOON + 2_000, () => simulation.simulation.publish(publishRequest({ body })));
  await simulation.clock.runUntil(NOON + MINUTE);
  await simulation.rest();
  expect(simulation.ends().filter(({ succeeded }) => succeeded)).toHaveLength(60);
  expect(Math.max(...waits)).toBeGreaterThan(20_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(LONGEST_WAIT_MS);
});

describe('an endpoint that fails for too long', () => {
  const failing = (limitSeconds: number) =>
    failingEndpointsScenario({ settings: { retrySchedule: [], endpointDisableAfter: limitSeconds } });

  it('is auto-disabled by an exhausted message after the limit, with the instant of the first as failSince', async () => {
    const simulation = await failing(60);
    simulation.receivers.answer(simulation.endpoint.url, () => ({ status: 500 }));
    simulation.publish(3, 40_000);
    await simulation.rest();
    expect(simulation.tenants.endpoint(simulation.endpoint.id)).toMatchObject({
      disabled: true,
      failSince: NOON,
    });
  });

  it('stays enabled if there was a success in between', async () => {
    const simulation = await failing(60);
    simulation.receivers.answer(simulation.endpoint.url, ({ at }) => ({
      status: at === NOON + 40_000 ? 200 : 500,
    }));
    simulation.publish(3, 40_000);
    await simulation.rest();
    expect(simulation.tenants.endpoint(simulation.endpoint.id)).toMatchObject({ disabled: false });
  });

  it('stays enabled if the limit is 0 or not reached yet', async () => {
    for (const limit of [0, 81]) {
      const simulation = await failing(limit);
      simulation.receivers.answer(simulation.endpoint.url, () => ({ status: 500 }));
      simulation.publish(3, 40_000);
      await simulation.rest();
      expect(simulation.tenants.endpoint(simulation.endpoint.id)).toMatchObject({ disabled: false });
    }
  });

  it('starts without failures when it is enabled again', async () => {
    const simulation = await failing(60);
    simulation.receivers.answer(simulation.endpoint.url, () => ({ status: 500 }));
    simulation.publish(3, 40_000);
    await simulation.rest();
    simulation.tenants.putEndpoint({ ...simulation.endpoint, disabled: false });
    simulation.publish(2, 40_000);
    await simulation.rest();
    expect(simulation.tenants.endpoint(simulation.endpoint.id)).toMatchObject({ disabled: false });
  });
});
