import { describe, expect, it } from 'vitest';
import type { Attempt, Decision } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import { diagnose, makeReconcile } from '../../../functions/fan-out/reconcile/reconcile.flow.ts';
import type { Case, Owed } from '../../../functions/fan-out/reconcile/reconcile.flow.ts';
import {
  ENDPOINT,
  NOON,
  SETTINGS,
  application,
  attempt,
  delivery,
  endpoint,
  message,
} from '../../support/simulation/builders.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

interface Overrides extends Partial<Case> {
  readonly attempts?: readonly Attempt[];
  /** null: the endpoint was deleted. */
  readonly endpoint?: Endpoint | null;
}

const compare = (some: Overrides = {}) => {
  const { attempts = [], endpoint: target = endpoint(), ...rest } = some;
  const endpoints = target === null ? [] : [target];
  return diagnose({
    message: message(),
    endpointId: ENDPOINT,
    tenant: { application: application(), endpoints, settings: SETTINGS },
    log: { attempts, ended: new Set(), unreadable: new Set() },
    waiting: new Map(),
    nowMs: NOON + HOUR,
    graceMs: 10 * MINUTE,
    ...rest,
  });
};

const failedTry = (number: number, decision: Decision) =>
  attempt({ trigger: { kind: 'scheduled', number }, succeeded: false, decision });

const first = delivery();
const second = delivery({ trigger: { kind: 'scheduled', number: 2 } });

describe('reconcile diagnosis of an endpoint that is owed a message', () => {
  it('reports a message that was never sent to the endpoint', () => {
    expect(compare()).toEqual({ kind: 'never-tried', delivery: first, since: NOON });
  });

  it('reports a due retry that was not made, with its attempt number', () => {
    const at = NOON + 5_000;
    const attempts = [failedTry(1, { kind: 'retry', at })];
    expect(compare({ attempts })).toEqual({ kind: 'retry-not-made', delivery: second, since: at });
  });

  it('depends on the last scheduled attempt and ignores resends', () => {
    const resent = attempt({
      trigger: { kind: 'manual', request: 'r' },
      decision: { kind: 'manual-failed' },
    });
    const attempts = [failedTry(2, { kind: 'exhausted' }), failedTry(1, { kind: 'retry', at: NOON }), resent];
    expect(compare({ attempts }).kind).toBe('settled');
    expect(compare({ attempts: [resent] }).kind).toBe('never-tried');
  });

  it('is uncertain when the endpoint changed after the message', () => {
    expect(compare({ endpoint: endpoint({ updatedAt: NOON + 1 }) }).kind).toBe('uncertain');
    const disabledSince = endpoint({ disabled: true, lastDisabledAt: NOON + 1, updatedAt: NOON + 1 });
    expect(compare({ endpoint: disabledSince }).kind).toBe('uncertain');
  });
});

describe('reconcile diagnosis of a lost retry that will be canceled', () => {
  const at = NOON + 5_000;
  const attempts = [failedTry(1, { kind: 'retry', at })];
  const later = { updatedAt: NOON + MINUTE };

  it.each<[string, Overrides]>([
    ['the endpoint is disabled', { endpoint: endpoint({ disabled: true, lastDisabledAt: NOON, ...later }) }],
    ['the endpoint was deleted', { endpoint: null }],
    ['the filters no longer match the message', { endpoint: endpoint({ eventTypes: ['other'], ...later }) }],
    ['the payload has expired', { message: message({ payloadExpiresAt: NOON + MINUTE }) }],
    ['the payload was expunged', { message: message({ payload: { kind: 'gone' } }) }],
  ])('is owed when %s', (_, some) => {
    const diagnosis = compare({ attempts, ...some });
    expect(diagnosis).toEqual({ kind: 'retry-not-made', delivery: second, since: at });
  });

  it('is settled once the cancellation is recorded', () => {
    const canceled = failedTry(2, { kind: 'canceled', reason: 'endpoint_disabled' });
    expect(compare({ attempts: [...attempts, canceled], endpoint: endpoint(later) }).kind).toBe('settled');
  });

  it('is owed as a first attempt when the payload expired or was expunged before any attempt', () => {
    for (const change of [{ payloadExpiresAt: NOON + MINUTE }, { payload: { kind: 'gone' } as const }])
      expect(compare({ message: message(change) })).toMatchObject({ kind: 'never-tried', delivery: first });
  });
});

describe('reconcile diagnosis of a schedule restarted by replay-missing', () => {
  const canceled = failedTry(2, { kind: 'canceled', reason: 'endpoint_disabled' });
  const trigger = (number: number) => ({ kind: 'scheduled', number, series: canceled.id }) as const;
  const before = [failedTry(1, { kind: 'retry', at: NOON }), canceled];
  const inSeries = (decision: Decision, succeeded = false) =>
    attempt({ trigger: trigger(1), succeeded, decision });

  it('is owed its own lost retry', () => {
    const attempts = [...before, inSeries({ kind: 'retry', at: NOON + 5_000 })];
    expect(compare({ attempts })).toMatchObject({
      kind: 'retry-not-made',
      delivery: { trigger: trigger(2) },
      since: NOON + 5_000,
    });
  });

  it.each<[string, Decision, boolean]>([
    ['succeeded', { kind: 'succeeded' }, true],
    ['is exhausted', { kind: 'exhausted' }, false],
    ['was canceled', { kind: 'canceled', reason: 'endpoint_deleted' }, false],
  ])('is settled when it %s', (_, decision, succeeded) => {
    expect(compare({ attempts: [...before, inSeries(decision, succeeded)] }).kind).toBe('settled');
  });
});

describe('reconcile diagnosis without anything owed', () => {
  it.each(['succeeded', 'exhausted', 'gone'] as const)('is settled after the decision %s', (kind) => {
    expect(compare({ attempts: [attempt({ decision: { kind } })] }).kind).toBe('settled');
  });

  it('is settled after a resend ended the schedule', () => {
    const attempts = [failedTry(1, { kind: 'retry', at: NOON })];
    expect(compare({ log: { attempts, ended: new Set([ENDPOINT]), unreadable: new Set() } }).kind).toBe(
      'settled',
    );
  });

  it.each<[string, Overrides]>([
    ['is disabled', { endpoint: endpoint({ disabled: true }) }],
    ['filters it out', { endpoint: endpoint({ eventTypes: ['other'] }) }],
    ['was created after the message', { endpoint: endpoint({ createdAt: NOON + 1 }) }],
    [
      'is not the one that the message is for',
      { message: message({ onlyEndpoint: 'ep_other' as typeof ENDPOINT }) },
    ],
    ['was deleted before it was tried', { endpoint: null }],
  ])('is settled when the endpoint %s', (_, some) => {
    expect(compare(some).kind).toBe('settled');
  });
});

describe('reconcile diagnosis of a waiting delivery', () => {
  it.each([
    ['within the grace period', { nowMs: NOON + 5 * MINUTE }],
    ['before deliverAt', { message: message({ deliverAt: NOON + 2 * HOUR }) }],
    ['while it is in a due bucket', { waiting: new Map([[deliveryIdentity(first), 'due' as const]]) }],
    ['before its retry is due', { attempts: [failedTry(1, { kind: 'retry', at: NOON + 2 * HOUR })] }],
  ])('is waiting %s', (_, some) => {
    expect(compare(some).kind).toBe('waiting');
  });

  it('is parked while the breaker of the endpoint is open', () => {
    const waiting = new Map([[deliveryIdentity(second), 'parked' as const]]);
    const attempts = [failedTry(1, { kind: 'retry', at: NOON })];
    expect(compare({ attempts, waiting }).kind).toBe('parked');
  });
});

describe('reconcile', () => {
  it('checks endpoints that have attempts and were deleted since', async () => {
    const owed: Owed[] = [];
    const run = makeReconcile({
      store: {
        messages: async function* () {
          yield [{ id: 'id', message: message() }];
        },
        log: async () => ({
          attempts: [failedTry(1, { kind: 'retry', at: NOON })],
          ended: new Set(),
          unreadable: new Set(),
        }),
      },
      waiting: new Map(),
      now: () => NOON + HOUR,
      graceMs: MINUTE,
      found: async (some) => void owed.push(...some),
    });
    await run({ application: application(), endpoints: [], settings: SETTINGS }, NOON, NOON + HOUR);
    expect(owed.map((one) => one.delivery)).toEqual([second]);
  });

  it('checks the other endpoints when an attempt or the row of one is unreadable', async () => {
    const owed: Owed[] = [];
    const [broken, unreadable] = [endpointId('ep_broken'), endpoint({ id: endpointId('ep_unreadable') })];
    const tried = { ...failedTry(1, { kind: 'retry', at: NOON }), endpointId: unreadable.id } as const;
    const run = makeReconcile({
      store: {
        messages: async function* () {
          yield [{ id: 'id', message: message() }];
        },
        log: async () => ({ attempts: [tried], ended: new Set(), unreadable: new Set([broken]) }),
      },
      waiting: new Map(),
      now: () => NOON + HOUR,
      graceMs: MINUTE,
      found: async (some) => void owed.push(...some),
    });
    const endpoints = [endpoint(), endpoint({ id: broken })];
    const rest = { settings: SETTINGS, unreadable: [{ ...unreadable, reason: 'a row of another form' }] };
    const counts = await run({ application: application(), endpoints, ...rest }, NOON, NOON + HOUR);
    expect(counts).toMatchObject({ 'never-tried': 1, unreadable: 1 });
    expect(owed.map((one) => one.delivery)).toEqual([first]);
  });

  it('counts its diagnoses and returns the owed deliveries', async () => {
    const owed: Owed[] = [];
    const logs = [[], [attempt()], [failedTry(1, { kind: 'retry', at: NOON })]];
    const run = makeReconcile({
      store: {
        messages: async function* () {
          yield logs.map((_, index) => ({ id: 'id', message: message({ deliverAt: NOON + index }) }));
          yield [{ id: 'broken', message: undefined }];
        },
        log: async ({ deliverAt }) => ({
          attempts: logs[deliverAt! - NOON]!,
          ended: new Set(),
          unreadable: new Set(),
        }),
      },
      waiting: new Map(),
      now: () => NOON + HOUR,
      graceMs: MINUTE,
      found: async (some) => void owed.push(...some),
    });
    const tenant = { application: application(), endpoints: [endpoint()], settings: SETTINGS };
    expect(await run(tenant, NOON, NOON + HOUR)).toEqual({
      ...{
        settled: 1,
        waiting: 0,
        parked: 0,
        'never-tried': 1,
        'retry-not-made': 1,
        uncertain: 0,
        unreadable: 1,
      },
    });
    expect(owed.map((one) => one.delivery)).toEqual([first, second]);
  });
});
