import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import type { Mishap } from '../../../support/simulation/process.ts';
import { HOUR, MINUTE, troubledWorld } from './scenario.ts';

/** The first time that the place is come to, and never again. */
const crashAt = (where: string, what: Mishap) => {
  let left = 1;
  return (place: string) => (place === where && left-- > 0 ? what : undefined);
};

interface Play {
  readonly status: number;
  readonly messages?: number;
  readonly crash?: readonly [place: string, what: Mishap];
  /** When its owner turns it on again. */
  readonly onAgainAt?: number;
}

/** Late enough: the record of a function that ended comes again six minutes later. */
const REPEATED = NOON + 30 * MINUTE;
/** Every endpoint here is off a minute after the start at the latest. */
const OFF = NOON + 2 * MINUTE;

const play = async ({ status, messages = 2, crash, onAgainAt }: Play) => {
  const settings = { retrySchedule: [], endpointDisableAfter: 20 };
  const faults = crash === undefined ? {} : { mishap: crashAt(...crash) };
  const world = await troubledWorld({ settings, faults, deliverBatch: 1 });
  const { endpoint } = world;
  world.receivers.answer(endpoint.url, () => ({ status }));
  world.publish(messages, 30_000);
  const now = () => world.tenants.endpoint(endpoint.id)!;
  await world.clock.runUntil(OFF);
  const off = now();
  if (onAgainAt !== undefined) {
    world.clock.at(onAgainAt, () =>
      world.tenants.putEndpoint({ ...now(), disabled: false, failSince: null, updatedAt: onAgainAt }),
    );
  }
  await world.clock.runUntil(REPEATED);
  await world.runToRest(HOUR);
  return { off, end: now(), left: world.deliveries.deadLetters };
};

describe.each([
  ['answers 410', 410, 'deliver.followed-up', 'crash-after', NOON],
  ['failed for too long', 500, 'deliver:health.stopClock', 'crash-before', NOON],
] as const)('an endpoint that %s', (_, status, place, what, failSince) => {
  const crash = [place, what] as const;

  it('is turned off at once', async () => {
    const { off, end } = await play({ status });
    expect(off).toMatchObject({ disabled: true, failSince });
    expect(end).toEqual(off);
  });

  it('stays on where its owner turned it on before the decision was followed up once more', async () => {
    const { off, end, left } = await play({ status, crash, onAgainAt: OFF + MINUTE });
    expect(off.disabled).toBe(true);
    expect(end).toMatchObject({ disabled: false, failSince: null, updatedAt: OFF + MINUTE });
    expect(left).toEqual([]);
  });

  it('is not changed again by a decision that is followed up once more', async () => {
    const { off, end } = await play({ status, crash });
    expect(off.disabled).toBe(true);
    expect(end).toEqual(off);
  });
});

it('an endpoint that answers 410 is turned off by the repeat where the first time was cut off', async () => {
  const { off, end } = await play({ status: 410, crash: ['deliver.recorded', 'crash-after'], messages: 1 });
  expect([off.disabled, end.disabled]).toEqual([false, true]);
});
