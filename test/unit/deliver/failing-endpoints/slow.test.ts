import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import { MINUTE, troubledWorld } from './scenario.ts';

describe('a slow endpoint', () => {
  it('has none of its requests cut, and delays nobody else', async () => {
    const world = await troubledWorld({ deliverConcurrency: 10, settings: { requestTimeout: 30 } }, [{}, {}]);
    const [slow, quick] = world.endpoints;
    world.receivers.answer(slow!.url, () => ({ delayMs: 29_000 }));
    world.publish(300, 200);
    await world.rest();
    expect(world.ends().every(({ succeeded }) => succeeded)).toBe(true);
    expect(world.receivers.received()).toHaveLength(600);
    const late = world.sends(quick!.url).filter(({ at }, index) => at > NOON + index * 200 + 31_000);
    expect(late).toEqual([]);
  });

  it('goes to the slow lane before its first request is over, so that few invocations wait for it', async () => {
    const world = await troubledWorld({ deliverConcurrency: 100, settings: { requestTimeout: 30 } });
    world.receivers.answer(world.endpoint.url, () => ({ delayMs: 29_000 }));
    world.publish(10, 1_000);
    await world.clock.runUntil(NOON + 5_500);
    const { slowUntil } = await world.health.read({ ...world.endpoint, endpointId: world.endpoint.id });
    expect(slowUntil).toBe(NOON + 5_000 + 10 * MINUTE);
    await world.rest();
    expect(world.ends().every(({ succeeded }) => succeeded)).toBe(true);
    expect(world.health.writes()).toBeLessThanOrEqual(6);
  });

  it('comes back to the fast lane when it was quick for ten minutes', async () => {
    const world = await troubledWorld();
    world.receivers.answer(world.endpoint.url, ({ at }) => ({ delayMs: at < NOON + MINUTE ? 6_000 : 5 }));
    world.publish(120, 10_000);
    await world.rest();
    const { slowUntil } = await world.health.read({ ...world.endpoint, endpointId: world.endpoint.id });
    expect(slowUntil).toBeLessThan(NOON + 12 * MINUTE);
    expect(world.receivers.received()).toHaveLength(120);
  });

  it('has at most five requests open for each batch of the fast lane', async () => {
    const world = await troubledWorld({ deliverConcurrency: 1, streamBatch: 50 });
    world.receivers.answer(world.endpoint.url, () => ({ delayMs: 1_000 }));
    world.publish(10, 0);
    await world.rest();
    const first = world.sends(world.endpoint.url).filter(({ at }) => at < NOON + 900);
    expect(first.length).toBeLessThanOrEqual(5);
    expect(world.ends()).toHaveLength(10);
  });
});

describe('an endpoint that fails for too long', () => {
  const failing = (limitSeconds: number) =>
    troubledWorld({ settings: { retrySchedule: [], endpointDisableAfter: limitSeconds } });

  it('is disabled by an exhausted message past the limit, with the instant of the first', async () => {
    const world = await failing(60);
    world.receivers.answer(world.endpoint.url, () => ({ status: 500 }));
    world.publish(3, 40_000);
    await world.rest();
    expect(world.tenants.endpoint(world.endpoint.id)).toMatchObject({ disabled: true, failSince: NOON });
  });

  it('stays on where a success came between', async () => {
    const world = await failing(60);
    world.receivers.answer(world.endpoint.url, ({ at }) => ({ status: at === NOON + 40_000 ? 200 : 500 }));
    world.publish(3, 40_000);
    await world.rest();
    expect(world.tenants.endpoint(world.endpoint.id)).toMatchObject({ disabled: false });
  });

  it('stays on where the limit is 0, or not yet reached', async () => {
    for (const limit of [0, 81]) {
      const world = await failing(limit);
      world.receivers.answer(world.endpoint.url, () => ({ status: 500 }));
      world.publish(3, 40_000);
      await world.rest();
      expect(world.tenants.endpoint(world.endpoint.id)).toMatchObject({ disabled: false });
    }
  });

  it('starts afresh when it is turned on again', async () => {
    const world = await failing(60);
    world.receivers.answer(world.endpoint.url, () => ({ status: 500 }));
    world.publish(3, 40_000);
    await world.rest();
    world.tenants.putEndpoint({ ...world.endpoint, disabled: false });
    world.publish(2, 40_000);
    await world.rest();
    expect(world.tenants.endpoint(world.endpoint.id)).toMatchObject({ disabled: false });
  });
});
