import { HOUR_MS } from '../../../functions/platform/limits/time.domain.ts';
import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { NOTHING } from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import type { EndpointHour } from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import { makeUpdateHourlyStatistics } from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import type { HourlyStatistics } from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import { APP, NOON, ORG } from '../../support/simulation/builders.ts';

const hourOf = (name: string): EndpointHour => ({
  ...{ orgId: ORG, appId: APP, endpointId: endpointId(name), hour: NOON - 3 * HOUR_MS },
});

describe('update-hourly-statistics', () => {
  it('counts the other hours and shards when some fail, and throws at the end', async () => {
    const counted: string[] = [];
    const statistics: HourlyStatistics = {
      dirtyHours: async (shard, after) => {
        if (shard === 1) throw new Error('throttled');
        const names = ['ep_a', 'ep_bad', 'ep_c'].map((name) => `${name}${shard}`);
        return after === undefined ? { hours: names.map(hourOf), next: 'x' } : { hours: [], next: undefined };
      },
      storedHours: async ({ endpointId: id }) => {
        if (id.startsWith('ep_bad')) throw new Error('a row of another form');
        return [];
      },
      count: async () => ({ ...NOTHING, complete: true }),
      countFailures: async () => ({ failures: new Map(), complete: true }),
      store: async () => true,
      clear: async ({ endpointId: id }) => void counted.push(id),
    };
    const run = makeUpdateHourlyStatistics({
      statistics,
      shards: 3,
      now: () => NOON,
      remainingMs: () => 300_000,
      step: noSteps,
    });
    await expect(run()).rejects.toThrow('throttled');
    expect(counted.toSorted()).toEqual(['ep_a0', 'ep_a2', 'ep_c0', 'ep_c2']);
  });
});
