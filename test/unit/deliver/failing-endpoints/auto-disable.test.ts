import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import type { Mishap } from '../../../support/simulation/process.ts';
import { HOUR, MINUTE, failingEndpointsScenario } from './scenario.ts';

/** The first time that the place is come to, and never again. */
const crashAt = (where: string, what: Mishap) => {
  let left = 1;
  return (place: string) => (place === where && left-- > 0 ? what : undefined);
};

interface Play {
  readonly status: number;
  /** The `webhook-delivery` header of every answer. */
  readonly asks?: string;
  readonly schedule?: readonly number[];
  readonly obeys?: boolean;
  readonly messages?: number;
  readonly crash?: readonly [place: string, what: Mishap];
  /** When its owner turns it on again. */
  readonly onAgainAt?: number;
}

/** Late enough: the record of a function that ended comes again six minutes later. */
const REPEATED = NOON + 30 * MINUTE;
/** Every endpoint here is off a minute after the start at the latest. */
const OFF = NOON + 2 * MINUTE;

const play = async (play: Play) => {
  const { status, asks, messages = 2, schedule = [], obeys = true, crash, onAgainAt } = play;
  const settings = {
    retrySchedule: schedule,
    endpointDisableAfter: 20,
    receiverDeliveryControl: obeys,
  };
  const faults = crash === undefined ? {} : { mishap: crashAt(...crash) };
  const simulation = await failingEndpointsScenario({ settings, faults, deliverBatch: 1 });
  const { endpoint } = simulation;
  simulation.receivers.answer(endpoint.url, () => ({
    status,
    ...(asks !== undefined && { deliveryControl: asks }),
  }));
  simulation.publish(messages, 30_000);
  const now = () => simulation.tenants.endpoint(endpoint.id)!;
  await simulation.clock.runUntil(OFF);
  const off = now();
  if (onAgainAt !== undefined) {
    simulation.clock.at(onAgainAt, () =>
      simulation.tenants.putEndpoint({ ...now(), disabled: false, failSince: null, updatedAt: onAgainAt }),
    );
  }
  await simulation.clock.runUntil(REPEATED);
  await simulation.runToRest(HOUR);
  const attempts = simulation.log.all();
  return { off, end: now(), left: simulation.deliveries.deadLetters, attempts };
};

describe.each([
  ['answers 410', 410, 'deliver.followed-up', 'crash-after', NOON],
  ['failed for too long', 500, 'deliver:health.clearFailingSince', 'crash-before', NOON],
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

describe('a receiver that asks for it with its answer', () => {
  it.each(['deliver.recorded', 'deliver.disabled-on-request'])(
    'has its endpoint disabled at once, also where the process ended after %s',
    async (place) => {
      const asks = { status: 200, asks: 'Disable', messages: 1 };
      const { end, attempts } = await play({ ...asks, crash: [place, 'crash-after'] });
      expect(end).toMatchObject({ disabled: true, failSince: NOON, disabledReason: 'receiver' });
      expect(attempts).toMatchObject([{ succeeded: true, receiverRequests: ['disable'] }]);
    },
  );

  it('has its endpoint disabled by a failure too, whose status still decides the delivery', async () => {
    const { end, attempts } = await play({ status: 500, asks: 'disable', messages: 1, schedule: [60] });
    expect(end).toMatchObject({ disabled: true, disabledReason: 'receiver' });
    expect(attempts[0]).toMatchObject({ succeeded: false, decision: { kind: 'retry' } });
  });

  it('ends the retries of the message, which counts as exhausted', async () => {
    const aborts = { status: 503, asks: 'ABORT-message', messages: 1, schedule: [60, 60] };
    const { end, attempts } = await play(aborts);
    expect(attempts).toMatchObject([{ succeeded: false, decision: { kind: 'exhausted' } }]);
    expect(end.disabled).toBe(false);
    const { attempts: without } = await play({ ...aborts, asks: 'nonsense' });
    expect(without).toHaveLength(3);
  });

  it('is ignored on a redirect, and where the organization says so', async () => {
    const asks = { asks: 'disable, abort-message', messages: 1, schedule: [60] };
    for (const ignored of [{ status: 302 }, { status: 503, obeys: false }]) {
      const { off, attempts } = await play({ ...asks, ...ignored });
      expect(off.disabled).toBe(false);
      expect(attempts).toHaveLength(2);
    }
  });
});
