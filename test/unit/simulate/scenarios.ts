import { run } from '../../../scripts/simulate/run.ts';
import type { Result } from '../../../scripts/simulate/result.ts';
import { parseScenario } from '../../../scripts/simulate/scenario.ts';
import type { Scenario } from '../../../scripts/simulate/scenario.ts';

/** A small scenario of the usual mix; `more` replaces fields. */
export const scenarioOf = (more: object = {}): Scenario =>
  parseScenario(
    JSON.stringify({
      name: 'small',
      description: 'a small scenario',
      users: [100],
      messagesPerUserPerDay: 480,
      busiestHourShare: 0.1,
      minutes: 20,
      endpointsPerUser: [
        { share: 0.8, endpoints: 1 },
        { share: 0.2, endpoints: 3 },
      ],
      payloadBytes: [{ share: 1, bytes: 1_000 }],
      receivers: [
        { name: 'healthy', share: 0.8, latencyMs: { p50: 90, p95: 350 }, failures: 0.01 },
        { name: 'slow', share: 0.06, latencyMs: { p50: 6_000, p95: 20_000 } },
        { name: 'throttled', share: 0.05, latencyMs: { p50: 90, p95: 350 }, throttleRate: 0.05 },
        { name: 'dead', share: 0.06, latencyMs: { p50: 20, p95: 50 }, failures: 1, retryAfter: 30 },
        { name: 'hanging', share: 0.03, latencyMs: { p50: 1_000, p95: 2_000 }, hangs: true },
      ],
      ...more,
    }),
    'small.json',
  );

export const runOf = (scenario: Scenario, users = 100, seed = 1, mostMessages = 1e9): Result =>
  run({ scenario, users, seed, mostMessages, wallMs: () => 0 });
