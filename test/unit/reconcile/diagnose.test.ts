import { describe, expect, it } from 'vitest';
import type { Attempt, Decision } from '../../../functions/deliver/attempts/attempt.domain.ts';
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

const compare = (some: Partial<Case> & { attempts?: readonly Attempt[] } = {}) => {
  const { attempts = [], ...rest } = some;
  const target = rest.endpoint ?? endpoint();
  return diagnose({
    message: message(),
    endpoint: target,
    tenant: { application: application(), endpoints: [target], settings: SETTINGS },
    log: { attempts, ended: new Set() },
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

describe('a message is owed to an endpoint', () => {
  it('that it was never sent to', () => {
    expect(compare()).toEqual({ kind: 'never-tried', delivery: first, since: NOON });
  });

  it('whose retry is due and was not made, with its turn', () => {
    const at = NOON + 5_000;
    const attempts = [failedTry(1, { kind: 'retry', at })];
    expect(compare({ attempts })).toEqual({ kind: 'retry-not-made', delivery: second, since: at });
  });

  it('by the last of its tries, resends apart', () => {
    const resent = attempt({
      trigger: { kind: 'manual', request: 'r' },
      decision: { kind: 'manual-failed' },
    });
    const attempts = [failedTry(2, { kind: 'exhausted' }), failedTry(1, { kind: 'retry', at: NOON }), resent];
    expect(compare({ attempts }).kind).toBe('settled');
    expect(compare({ attempts: [resent] }).kind).toBe('never-tried');
  });

  it('perhaps, when the endpoint was changed after the message', () => {
    expect(compare({ endpoint: endpoint({ updatedAt: NOON + 1 }) }).kind).toBe('uncertain');
  });
});

describe('nothing is owed', () => {
  it.each(['succeeded', 'exhausted', 'gone'] as const)('after the decision %s', (kind) => {
    expect(compare({ attempts: [attempt({ decision: { kind } })] }).kind).toBe('settled');
  });

  it('once a resend has ended the schedule', () => {
    const attempts = [failedTry(1, { kind: 'retry', at: NOON })];
    expect(compare({ log: { attempts, ended: new Set([ENDPOINT]) } }).kind).toBe('settled');
  });

  it.each([
    ['is off', { endpoint: endpoint({ disabled: true }) }],
    ['filters it out', { endpoint: endpoint({ eventTypes: ['other'] }) }],
    ['came later', { endpoint: endpoint({ createdAt: NOON + 1 }) }],
    ['is not the one it is for', { message: message({ onlyEndpoint: 'ep_other' as typeof ENDPOINT }) }],
    ['is there and the payload is gone', { message: message({ payload: { kind: 'gone' } }) }],
  ])('where the endpoint %s', (_, some) => {
    expect(compare(some).kind).toBe('settled');
  });
});

describe('it is on its way', () => {
  it.each([
    ['within the grace', { nowMs: NOON + 5 * MINUTE }],
    ['before its own instant', { message: message({ deliverAt: NOON + 2 * HOUR }) }],
    ['in a due bucket', { waiting: new Map([[deliveryIdentity(first), 'due' as const]]) }],
    ['until its retry', { attempts: [failedTry(1, { kind: 'retry', at: NOON + 2 * HOUR })] }],
  ])('%s', (_, some) => {
    expect(compare(some).kind).toBe('waiting');
  });

  it('when it is parked, and that is no fault', () => {
    const waiting = new Map([[deliveryIdentity(second), 'parked' as const]]);
    const attempts = [failedTry(1, { kind: 'retry', at: NOON })];
    expect(compare({ attempts, waiting }).kind).toBe('parked');
  });
});

it('counts what it finds and hands over what is owed', async () => {
  const owed: Owed[] = [];
  const logs = [[], [attempt()], [failedTry(1, { kind: 'retry', at: NOON })]];
  const run = makeReconcile({
    store: {
      messages: async function* () {
        yield logs.map((_, index) => ({ id: 'id', message: message({ deliverAt: NOON + index }) }));
        yield [{ id: 'broken', message: undefined }];
      },
      log: async ({ deliverAt }) => ({ attempts: logs[deliverAt! - NOON]!, ended: new Set() }),
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
