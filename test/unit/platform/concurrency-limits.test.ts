import { describe, expect, it } from 'vitest';
import { queueConcurrency } from '../../../functions/platform/limits/concurrency.domain.ts';
import { BULK_RULES, REQUEST_TIMEOUT_SECONDS } from '../../../functions/platform/limits/delivery.domain.ts';
import { parseStage } from '../../../lib/config.ts';

const total = (account: number) =>
  Object.values(queueConcurrency(account)).reduce((sum, one) => sum + one, 0);

describe('maximum concurrency of the event sources of queues', () => {
  it.each([50, 100, 200, 500, 1_000])(
    'leaves four tenths of an account of %i to the API, streams and the sweeper',
    (account) => expect(total(account)).toBeLessThanOrEqual(0.6 * account),
  );

  it("is Lambda's least in an account of 10, and the usual values from 1,000 on", () => {
    expect(new Set(Object.values(queueConcurrency(10)))).toEqual(new Set([2]));
    expect(queueConcurrency(1_000)).toEqual(queueConcurrency(10_000));
    expect(queueConcurrency(1_000)).toMatchObject({
      delivery: 400,
      bulkDelivery: 100,
      slowDelivery: 60,
      fanOutWide: 10,
    });
  });

  it('keeps room in the fast lane beside one application of which every request hangs until its timeout', () => {
    const held = BULK_RULES.perSecond * REQUEST_TIMEOUT_SECONDS.most;
    expect(queueConcurrency(1_000).delivery).toBeGreaterThan(1.5 * held);
  });

  it('never falls when the account grows', () => {
    for (let account = 10; account < 1_000; account += 1)
      for (const [lane, value] of Object.entries(queueConcurrency(account)))
        expect(value).toBeLessThanOrEqual(
          queueConcurrency(account + 1)[lane as keyof ReturnType<typeof queueConcurrency>],
        );
  });

  it("derives from the stage's accountConcurrency, and what a stage says itself wins", () => {
    const stage = { target: 'aws', keepState: false, accountConcurrency: 50 };
    const parsed = parseStage('x', JSON.stringify({ ...stage, slowDelivery: { maximumConcurrency: 7 } }));
    expect(parsed.delivery.maximumConcurrency).toBe(queueConcurrency(50).delivery);
    expect(parsed.slowDelivery.maximumConcurrency).toBe(7);
  });
});
