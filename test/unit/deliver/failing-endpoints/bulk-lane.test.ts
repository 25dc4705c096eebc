import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import { ALWAYS_BUSY } from '../../../support/simulation/volumes.ts';
import { HOUR, MINUTE, failingEndpointsScenario } from './scenario.ts';
import type { FailingEndpointsScenario } from './scenario.ts';

/** A busy application: all of its deliveries use the bulk lane. */
const busy = (options: Parameters<typeof failingEndpointsScenario>[0] = {}, rate: number | null = null) =>
  failingEndpointsScenario({ volumes: ALWAYS_BUSY, ...options }, [{}, {}], rate);

const [FAILING, QUICK] = [0, 1];
const urlOf = (one: FailingEndpointsScenario, index: number) => one.endpoints[index]!.url;

describe('an application in the bulk lane', () => {
  it('has retries wait in the queue of the bulk lane, so that they do not fill the fast one', async () => {
    const one = await busy({ settings: { retrySchedule: [5, 300] } });
    one.receivers.answer(urlOf(one, FAILING), ({ time }) => ({ status: time < 3 ? 503 : 200 }));
    one.publish(20, 100);
    await one.rest();
    expect(one.ends().every(({ succeeded }) => succeeded)).toBe(true);
    expect(one.receivers.received()).toHaveLength(20 * (3 + 1));
    expect([one.deliveries.sent(), one.bulkDeliveries.sent()]).toEqual([0, 20 * (3 + 1)]);
  });

  it('has deliveries to an endpoint that is down parked, and gets them in the bulk lane once it recovers', async () => {
    const one = await busy();
    one.receivers.answer(urlOf(one, FAILING), ({ at }) => ({ status: at < NOON + HOUR ? 500 : 200 }));
    one.publish(600, 1_000);
    await one.clock.runUntil(NOON + 30 * MINUTE);
    expect(one.parking.size()).toBeGreaterThan(300);
    const timers = one.deliveries.sent();
    await one.rest();
    expect(one.ends().filter(({ succeeded }) => succeeded)).toHaveLength(1_200);
    const failed = one.sends(urlOf(one, FAILING)).filter(({ at }) => at < NOON + HOUR);
    expect(failed.length).toBeLessThan(400);
    // Only drain timers and what they released by ones use the fast lane.
    expect(timers).toBeLessThan(20);
  });

  it('has a slow endpoint moved to the slow lane, while its other endpoint stays', async () => {
    const one = await busy({ bulkConcurrency: 20 });
    one.receivers.answer(urlOf(one, FAILING), () => ({ delayMs: 29_000 }));
    one.publish(200, 200);
    await one.rest();
    expect(one.ends().every(({ succeeded }) => succeeded)).toBe(true);
    expect(one.receivers.received()).toHaveLength(400);
    expect(one.slowDeliveries.sent()).toBeGreaterThan(100);
    const late = one.sends(urlOf(one, QUICK)).filter(({ at }, index) => at > NOON + index * 200 + 31_000);
    expect(late).toEqual([]);
  });

  it('is throttled, with one attempt for each delivery', async () => {
    const one = await busy({}, 20);
    one.publish(300, 1);
    await one.rest();
    const times = one.receivers.received().map(({ at }) => at);
    expect(times).toHaveLength(600);
    const inSecond = times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length);
    expect(Math.max(...inSecond)).toBeLessThanOrEqual(41);
    expect(one.deliveries.sent()).toBe(0);
  });

  it('has at most five requests to an endpoint open for each batch', async () => {
    const one = await busy({ bulkConcurrency: 1, streamBatch: 50 });
    one.receivers.answer(urlOf(one, FAILING), () => ({ delayMs: 1_000 }));
    one.publish(10, 0);
    await one.rest();
    const first = one.sends(urlOf(one, FAILING)).filter(({ at }) => at < NOON + 900);
    expect(first.length).toBeLessThanOrEqual(5);
    expect(one.ends()).toHaveLength(20);
  });
});

it('hundreds of retries that come due together use the bulk lane', async () => {
  const one = await failingEndpointsScenario({ settings: { retrySchedule: [1_800] } });
  let requests = 0;
  // Every other request fails, so that no circuit breaker opens.
  one.receivers.answer(urlOf(one, FAILING), ({ time }) => ({
    status: time === 1 && (requests += 1) % 2 === 0 ? 500 : 200,
  }));
  one.publish(1_000, 60);
  await one.clock.runUntil(NOON + 10 * MINUTE);
  const before = one.bulkDeliveries.sent();
  await one.rest();
  expect(one.ends().filter(({ succeeded }) => succeeded)).toHaveLength(1_000);
  expect(one.bulkDeliveries.sent() - before).toBeGreaterThan(250);
});
