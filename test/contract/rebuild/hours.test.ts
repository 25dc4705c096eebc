import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import {
  makeCountAttempts,
  makeUpdateHourlyStatistics,
} from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import { HOUR_MS } from '../../../functions/platform/limits/time.domain.ts';
import { makeHourlyStatistics } from '../../../functions/read-models/hourly-statistics/endpoint-hours.dynamo.ts';
import { SHARDS } from '../../../functions/platform/dynamodb/keys.ts';
import { APP, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { makeSimulation } from './simulation.ts';
import type { Simulation } from './simulation.ts';

const BUSY = endpointId('ep_busy');
const HOUR = NOON - 6 * HOUR_MS;

/** An hour with enough attempts that its counts are stored. */
const busyHour = (): readonly Attempt[] => {
  const random = makeRandom(1);
  const ids = seededIds(1);
  return Array.from({ length: 400 }, (_, index) => {
    const at = HOUR + index * 5_000;
    const place = { endpointId: BUSY, messageId: ids.message(at) };
    const succeeded = random.chance(0.7);
    const cause = succeeded ? null : random.chance(0.5) ? 'status_5xx' : 'dns_failed';
    return attempt({ ...place, id: ids.attempt(at), at, succeeded, cause });
  });
};

const statistics = ({ client, tables }: Simulation) => {
  const book = makeHourlyStatistics(client, tables.views);
  const now = () => NOON;
  return {
    updateHourlyStatistics: makeUpdateHourlyStatistics({
      statistics: book,
      shards: SHARDS,
      now,
      remainingMs: () => 300_000,
      step: noSteps,
    }),
    count: () => makeCountAttempts(book)(ORG, APP, BUSY, HOUR, HOUR + HOUR_MS - 1),
  };
};

describe('hourly counts', () => {
  it('equal the log after a rebuild over corrupt rows and counts', async () => {
    const simulation = await makeSimulation();
    const attempts = busyHour();
    const succeeded = attempts.filter((one) => one.succeeded).length;
    const of = (code: string) => attempts.filter(({ cause }) => cause === code).length;
    const causes = { status_5xx: of('status_5xx'), dns_failed: of('dns_failed') };
    const right = { succeeded, failed: attempts.length - succeeded, causes };
    await simulation.record(attempts);
    await simulation.projector()(attempts.slice(0, 300)); // a hundred rows are missing
    const { updateHourlyStatistics, count } = statistics(simulation);
    await updateHourlyStatistics();
    const stored = (await simulation.viewRows()).find(({ type }) => type === 'hr');
    await simulation.putView({ ...stored, ns: 7_000, nk: { gone: 3 } });
    expect(await count()).toMatchObject({ succeeded: 7_000 });
    await simulation.rebuild();
    expect(await count()).toMatchObject(right);
    await updateHourlyStatistics();
    expect((await simulation.viewRows()).find(({ type }) => type === 'hr')).toMatchObject({
      ...{ ns: succeeded, nk: causes },
    });
    expect(await count()).toMatchObject(right);
  });

  it('are unchanged by a rebuild of other read models that changes nothing', async () => {
    const simulation = await makeSimulation();
    await simulation.record(busyHour());
    await simulation.rebuild();
    const { updateHourlyStatistics } = statistics(simulation);
    await updateHourlyStatistics();
    const hours = async () =>
      (await simulation.viewRows()).filter(({ type }) => type === 'hr' || type === 'hn');
    const before = await hours();
    await simulation.rebuild({ views: ['endpoint-attempts', 'endpoint-messages'] });
    expect(await hours()).toEqual(before);
  });
});
