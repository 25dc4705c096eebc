import { describe, expect, it } from 'vitest';
import { parseSimulateOptions } from '../../../scripts/simulate/options.ts';
import { loadScenario, parseScenario, scenarioNames } from '../../../scripts/simulate/scenario.ts';
import { scenarioOf } from './scenarios.ts';

describe('scenarios of the simulator', () => {
  it.each(scenarioNames())('%s is valid and has the name of its file', (name) => {
    expect(loadScenario(name).name).toBe(name);
  });

  it.each([
    [
      'shares that do not add up',
      { endpointsPerUser: [{ share: 0.4, endpoints: 1 }] },
      'endpointsPerUser shares must add up to 1',
    ],
    ['an unknown field', { userCount: 3 }, 'Unrecognized key: "userCount"'],
    ['no users', { users: [] }, 'users'],
    [
      'a p95 below the median',
      { receivers: [{ name: 'a', share: 1, latencyMs: { p50: 9, p95: 1 } }] },
      'receivers.0.latencyMs.p95 must not be below p50',
    ],
    [
      'a concurrency that Lambda does not offer',
      { stage: { maximumConcurrency: { delivery: 1 } } },
      'stage.maximumConcurrency.delivery',
    ],
  ])('a scenario with %s fails with a message that names it', (_, more, message) => {
    expect(() => scenarioOf(more)).toThrow(message);
  });

  it('text that is not JSON, and a name without a file, fail with a message', () => {
    expect(() => parseScenario('{', 'x.json')).toThrow('x.json is not JSON');
    expect(() => loadScenario('missing')).toThrow('Give the path of a file, or one of: ');
  });

  it('the options accept numbers of users separated by commas', () => {
    expect(parseSimulateOptions(['--users', '1,1_000']).users).toEqual([1, 1_000]);
  });
});
