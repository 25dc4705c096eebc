import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_RECEIVES } from '../../../functions/platform/limits/queues.domain.ts';
import { errorOf, runChecks } from '../../../scripts/simulate/checks.ts';
import { messagesOf } from '../../../scripts/simulate/run.ts';
import { makeSimulation } from '../../../scripts/simulate/pipeline/simulation.ts';
import { htmlReport } from '../../../scripts/simulate/report/html.ts';
import { markdownReport, textReport } from '../../../scripts/simulate/report/report.ts';
import { scaleChart } from '../../../scripts/simulate/report/svg.ts';
import { runOf, scenarioOf } from './scenarios.ts';

const OUTAGES = ['receivers', 'hanging receivers', 'delivery'] as const;

describe('conservation: accepted messages are delivered or accounted for', () => {
  it('in any scenario', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(1_000),
          factor: fc.integer({ min: 1, max: 30 }),
          outage: fc.option(
            fc.record({ of: fc.constantFrom(...OUTAGES), share, minutes: fc.integer({ min: 1, max: 40 }) }),
          ),
          concurrency: fc.constantFrom(10, 50, 1_000),
          hot: fc.option(share),
          rate: fc.constantFrom(2, 2_000),
        }),
        ({ seed, factor, outage, concurrency, hot, rate }) => {
          const scenario = scenarioOf({
            spikes: [{ atMinute: 5, minutes: 2, factor }],
            ...(outage === null ? {} : { outage: { ...outage, atMinute: 4 } }),
            ...(hot === null ? {} : { hotTenant: { share: hot } }),
            account: { concurrency },
            stage: { accountConcurrency: concurrency, throttle: { rate, burst: rate } },
          });
          const { offered, accepted, refused, deliveries, succeeded, exhausted, deadLettered, lost } = runOf(
            scenario,
            100,
            seed,
          );
          expect(offered).toBe(accepted + refused);
          expect(deliveries).toBe(succeeded + exhausted);
          expect([deadLettered, lost]).toEqual([0, 0]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('the simulator', () => {
  it('says the same for the same seed, and something else for another one', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => runOf(scenarioOf(), 100, seed));
    expect(same).toEqual(one);
    expect(other!.attempts).not.toBe(one!.attempts);
  });

  it('needs no less, and costs no less, for more users', () => {
    const results = [10, 100, 1_000].map((users) => runOf(scenarioOf(), users));
    for (const [index, one] of results.slice(1).entries()) {
      const fewer = results[index]!;
      expect(one.concurrency).toBeGreaterThanOrEqual(fewer.concurrency);
      expect(one.dollarsPerMonth).toBeGreaterThan(fewer.dollarsPerMonth);
      expect(one.deliveries).toBeGreaterThan(fewer.deliveries);
    }
  });

  it('delivers no later where the lane has more concurrency', () => {
    const p95 = [2, 10, 100].map(
      (delivery) => runOf(scenarioOf({ stage: { maximumConcurrency: { delivery } } }), 3_000).latency.p95,
    );
    expect(p95[0]).toBeGreaterThan(p95[1]!);
    expect(p95[1]).toBeGreaterThanOrEqual(p95[2]!);
  });

  it('names the limit that is hit first, and what to change', () => {
    const lanes = runOf(scenarioOf({ stage: { maximumConcurrency: { delivery: 2 } } }), 3_000).first;
    expect(lanes).toMatchObject({ limit: 'concurrency of the fast lane' });
    expect(lanes.change).toContain('delivery.maximumConcurrency');
    const gateway = runOf(scenarioOf({ stage: { throttle: { rate: 5, burst: 5 } } }), 3_000).first;
    expect(gateway).toMatchObject({ limit: 'throttle of the stage' });
    expect(runOf(scenarioOf(), 10).first.limit).toBe('none');
  });

  it('opens the circuit breaker of a busy dead endpoint, so that most of its deliveries take no eight attempts', () => {
    const dead = [{ name: 'dead', share: 1, latencyMs: { p50: 20, p95: 50 }, failures: 1 }];
    const few = runOf(scenarioOf({ receivers: dead, messagesPerUserPerDay: 20 }), 5);
    const many = runOf(scenarioOf({ receivers: dead, messagesPerUserPerDay: 50_000 }), 5);
    expect(few.attempts / few.deliveries).toBe(8);
    expect(many.attempts / many.deliveries).toBeLessThan(4);
    expect(many.lost).toBe(0);
  });

  it('says how long the backlog of an outage takes', () => {
    const outage = { of: 'delivery', atMinute: 5, minutes: 10 };
    const { outage: after } = runOf(
      scenarioOf({ outage, receivers: [scenarioOf().receivers[0]].map((one) => ({ ...one, share: 1 })) }),
      1_000,
    );
    expect(after!.deliveries).toBeGreaterThan(0);
    expect(after!.half).toBeLessThanOrEqual(after!.most);
    expect(after!.all).toBeGreaterThan(0);
  });

  it('says nearly the same of a sample', () => {
    const healthy = { receivers: [{ name: 'a', share: 1, latencyMs: { p50: 90, p95: 350 } }] };
    const whole = runOf(scenarioOf(healthy), 10_000);
    const sample = runOf(scenarioOf(healthy), 10_000, 1, messagesOf(scenarioOf(healthy), 10_000) / 4);
    expect(sample.scale).toBe(4);
    expect(Math.abs(sample.accepted / whole.accepted - 1)).toBeLessThan(0.05);
    expect(Math.abs(sample.latency.p50 / whole.latency.p50 - 1)).toBeLessThan(0.1);
    expect(Math.abs(sample.dollarsPerMillion / whole.dollarsPerMillion - 1)).toBeLessThan(0.1);
  });
});

describe('throttled invocations (docs/decisions/0128)', () => {
  const scenario = scenarioOf({
    minutes: 70,
    receivers: [{ name: 'healthy', share: 1, latencyMs: { p50: 90, p95: 350 } }],
    outage: { of: 'delivery', atMinute: 5, minutes: 60 },
  });
  const play = (maxReceives: number) => {
    const simulation = makeSimulation({ scenario, users: 1, seed: 1, scale: 1, maxReceives });
    simulation.run();
    return simulation.ledger.counts();
  };

  it('dead-letter records that were never worked on after two receives, and none as deployed', () => {
    expect(play(2)['dead-lettered']).toBeGreaterThan(0);
    const deployed = play(MOST_RECEIVES);
    expect(deployed['dead-lettered']).toBe(0);
    expect(deployed.succeeded).toBe(deployed.made);
  });
});

describe('reports of the simulator', () => {
  const scenario = scenarioOf({
    hotTenant: { share: 0.5 },
    outage: { of: 'receivers', atMinute: 2, minutes: 3 },
  });
  const results = [10, 100].map((users) => runOf(scenario, users));
  const checks = [{ what: 'a', source: 'b', expected: 100, simulated: 90, unit: 'ms' }];

  it('make one page without any request to another place', () => {
    const page = htmlReport({ scenario, results, checks, made: 'here' });
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(src|href)=|@import|url\((?!data:)/);
    const json = /<script type="application\/json" id="runs">(.*?)<\/script>/s.exec(page)![1]!;
    expect((JSON.parse(json) as unknown[]).length).toBe(2);
  });

  it('show the error of each prediction, outage and hot tenant in text and Markdown', () => {
    for (const text of [textReport(results, checks), markdownReport('here', results, checks)]) {
      expect(text).toContain('-10.0 %');
      expect(text).toContain('outage of');
      expect(text).toContain('hot tenant');
    }
  });

  it('draw latency, concurrency and price as SVG', async () => {
    expect(await scaleChart(results)).toMatch(/^<svg[^]*From the 202 to the receiver[^]*Dollars a month/);
  });
});

it('predictions of the simulator are close to arithmetic and to the benchmark', () => {
  const checks = runChecks();
  expect(checks.length).toBeGreaterThanOrEqual(5);
  for (const check of checks)
    expect([check.what, Math.abs(errorOf(check)) < 0.25]).toEqual([check.what, true]);
});
