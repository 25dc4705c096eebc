import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import type { Mishap } from '../../../support/simulation/process.ts';
import { HOUR, MINUTE, failingEndpointsScenario } from './scenario.ts';

/** Makes the process fail at a place, the first time only. */
const crashAt = (where: string, what: Mishap) => {
  let left = 1;
  return (place: string) => (place === where && left-- > 0 ? what : undefined);
};

interface Play {
  readonly status: number;
  /** The `webhook-delivery` header of every response. */
  readonly requests?: string;
  readonly schedule?: readonly number[];
  /** The organization's setting `receiverDeliveryControl`. */
  readonly isAllowed?: boolean;
  readonly messages?: number;
  readonly crash?: readonly [place: string, what: Mishap];
  /** When its owner enables it again. */
  readonly enabledAgainAt?: number;
}

/** Late enough: the queue message of a crashed function is received again after six minutes. */
const REPEATED = NOON + 30 * MINUTE;
/** By this instant every endpoint of these tests is disabled. */
const DISABLED = NOON + 2 * MINUTE;

const play = async (play: Play) => {
  const { status, requests, messages = 2, schedule = [], isAllowed = true, crash, enabledAgainAt } = play;
  const settings = {
    retrySchedule: schedule,
    endpointDisableAfter: 20,
    receiverDeliveryControl: isAllowed,
  };
  const faults = crash === undefined ? {} : { mishap: crashAt(...crash) };
  const simulation = await failingEndpointsScenario({ settings, faults, deliverBatch: 1 });
  const { endpoint } = simulation;
  simulation.receivers.answer(endpoint.url, () => ({
    status,
    ...(requests !== undefined && { deliveryControl: requests }),
  }));
  simulation.publish(messages, 30_000);
  const now = () => simulation.tenants.endpoint(endpoint.id)!;
  await simulation.clock.runUntil(DISABLED);
  const first = now();
  if (enabledAgainAt !== undefined) {
    simulation.clock.at(enabledAgainAt, () =>
      simulation.tenants.putEndpoint({
        ...now(),
        disabled: false,
        failSince: null,
        updatedAt: enabledAgainAt,
      }),
    );
  }
  await simulation.clock.runUntil(REPEATED);
  await simulation.runToRest(HOUR);
  const attempts = simulation.log.all();
  return { first, end: now(), left: simulation.deadLetters(), attempts };
};

describe.each([
  ['responds with 410', 410, 'deliver.followed-up', 'crash-after', NOON],
  ['failed for too long', 500, 'deliver:health.clearFailingSince', 'crash-before', NOON],
] as const)('an endpoint that %s', (_, status, place, what, failSince) => {
  const crash = [place, what] as const;

  it('is auto-disabled at once', async () => {
    const { first, end } = await play({ status });
    expect(first).toMatchObject({ disabled: true, failSince });
    expect(end).toEqual(first);
  });

  it('stays enabled if its owner enables it before the follow-up is repeated', async () => {
    const { first, end, left } = await play({ status, crash, enabledAgainAt: DISABLED + MINUTE });
    expect(first.disabled).toBe(true);
    expect(end).toMatchObject({ disabled: false, failSince: null, updatedAt: DISABLED + MINUTE });
    expect(left).toEqual([]);
  });

  it('is not changed again when the follow-up is repeated', async () => {
    const { first, end } = await play({ status, crash });
    expect(first.disabled).toBe(true);
    expect(end).toEqual(first);
  });
});

it('an endpoint that responds with 410 is disabled by the repeated follow-up if a crash cut off the first', async () => {
  const { first, end } = await play({ status: 410, crash: ['deliver.recorded', 'crash-after'], messages: 1 });
  expect([first.disabled, end.disabled]).toEqual([false, true]);
});

describe('a webhook-delivery response header', () => {
  it.each(['deliver.recorded', 'deliver.disabled-on-request'])(
    'with `disable` disables the endpoint at once, even if the process crashes after %s',
    async (place) => {
      const options = { status: 200, requests: 'Disable', messages: 1 };
      const { end, attempts } = await play({ ...options, crash: [place, 'crash-after'] });
      expect(end).toMatchObject({ disabled: true, failSince: NOON, disabledReason: 'receiver' });
      expect(attempts).toMatchObject([{ succeeded: true, receiverRequests: ['disable'] }]);
    },
  );

  it('with `disable` on a failed response disables the endpoint, and the status still decides the delivery', async () => {
    const { end, attempts } = await play({ status: 500, requests: 'disable', messages: 1, schedule: [60] });
    expect(end).toMatchObject({ disabled: true, disabledReason: 'receiver' });
    expect(attempts[0]).toMatchObject({ succeeded: false, decision: { kind: 'retry' } });
  });

  it('with `abort-message` ends the retries of the message, which counts as exhausted', async () => {
    const aborts = { status: 503, requests: 'ABORT-message', messages: 1, schedule: [60, 60] };
    const { end, attempts } = await play(aborts);
    expect(attempts).toMatchObject([{ succeeded: false, decision: { kind: 'exhausted' } }]);
    expect(end.disabled).toBe(false);
    const { attempts: without } = await play({ ...aborts, requests: 'nonsense' });
    expect(without).toHaveLength(3);
  });

  it('is ignored on a redirect, and if the organization’s settings say so', async () => {
    const options = { requests: 'disable, abort-message', messages: 1, schedule: [60] };
    for (const ignored of [{ status: 302 }, { status: 503, isAllowed: false }]) {
      const { first, attempts } = await play({ ...options, ...ignored });
      expect(first.disabled).toBe(false);
      expect(attempts).toHaveLength(2);
    }
  });
});
