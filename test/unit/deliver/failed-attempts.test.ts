import type { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, expect, it, vi } from 'vitest';
import { countFailures } from '../../../functions/deliver/failed-attempts.ts';
import { metrics } from '../../../functions/platform/lambda/metrics.ts';
import { attempt } from '../../support/simulation/builders.ts';

afterEach(() => vi.restoreAllMocks());

it('failed attempts of a batch are counted by cause, one metric line for each; healthy ones write none', () => {
  const lines: unknown[] = [];
  vi.spyOn(metrics, 'singleMetric').mockImplementation(() => {
    const line: Record<string, unknown> = {};
    lines.push(line);
    return {
      addDimension: (name: string, value: string) => void (line[name] = value),
      addMetric: (name: string, _unit: string, value: number) => void (line[name] = value),
    } as unknown as Metrics;
  });
  const attempted = (cause: 'status_5xx' | 'tls_expired' | null) =>
    ({ kind: 'attempted', attempt: attempt({ cause, succeeded: cause === null }) }) as const;
  const count = countFailures('deliver-dev');
  count([attempted(null), { kind: 'parked' }]);
  expect(lines).toEqual([]);
  count([attempted('status_5xx'), attempted(null), attempted('tls_expired'), attempted('status_5xx')]);
  expect(lines).toEqual([
    { function: 'deliver-dev', cause: 'status_5xx', FailedAttempts: 2 },
    { function: 'deliver-dev', cause: 'tls_expired', FailedAttempts: 1 },
  ]);
});
