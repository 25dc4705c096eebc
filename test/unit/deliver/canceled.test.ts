import { describe, expect, it } from 'vitest';
import type { Faults } from '../../support/simulation/process.ts';
import { application, endpoint, NOON, publishRequest } from '../../support/simulation/builders.ts';
import { misprojected, silentlyDropped, unsettled } from '../../support/simulation/invariants.ts';
import { makeSimulation } from '../../support/simulation/simulation.ts';
import { latestOutcomeOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const target = endpoint({ updatedAt: NOON - HOUR });

/** Publishes a message whose endpoint fails, and makes a change after ten seconds. */
const play = async (
  change: (simulation: ReturnType<typeof makeSimulation>) => void,
  some: { readonly faults?: Faults; readonly repeated?: number; readonly request?: object } = {},
) => {
  const { faults = {}, repeated = 0 } = some;
  const simulation = makeSimulation({ faults, repeated, settings: { retrySchedule: [60, 7200, 7200] } });
  await simulation.tenants.create(application());
  simulation.tenants.putEndpoint(target);
  simulation.receivers.answer(target.url, () => ({ status: 500 }));
  void simulation.publish(publishRequest(some.request));
  simulation.clock.at(NOON + 10_000, () => change(simulation));
  await simulation.runToRest(24 * HOUR);
  expect([
    ...silentlyDropped(simulation),
    ...unsettled(simulation),
    ...(await misprojected(simulation)),
  ]).toEqual([]);
  const canceled = simulation.log.all().filter(({ decision }) => decision.kind === 'canceled');
  return {
    simulation,
    causes: canceled.map(({ cause }) => cause),
    states: simulation.views.endpointMessages(),
  };
};

const disable = (simulation: ReturnType<typeof makeSimulation>) =>
  simulation.tenants.putEndpoint({ ...target, disabled: true, updatedAt: simulation.clock.now() });

describe('a canceled delivery', () => {
  it.each<[string, (simulation: ReturnType<typeof makeSimulation>) => void, object]>([
    ['endpoint_disabled', disable, {}],
    ['endpoint_deleted', (simulation) => simulation.tenants.removeEndpoint(target.id), {}],
    [
      'filters_changed',
      (simulation) => simulation.tenants.putEndpoint({ ...target, eventTypes: ['other'] }),
      {},
    ],
    ['payload_expired', () => undefined, { retentionHours: 1 }],
  ])('is recorded once with the reason %s, and shows no next attempt', async (reason, change, request) => {
    const { causes, states } = await play(change, { request });
    expect(causes).toEqual([`canceled:${reason}`]);
    expect(states.map(latestOutcomeOf)).toEqual(['canceled']);
  });

  it('is not made when the payload retention counts from a later deliverAt', async () => {
    const request = { retentionHours: 1, deliverAt: NOON + 2 * HOUR };
    const { simulation } = await play((at) => at.receivers.answer(target.url, () => ({})), { request });
    expect(simulation.log.all().map(({ decision }) => decision.kind)).toEqual(['succeeded']);
  });

  it.each(['crash-before', 'crash-after', 'twice'] as const)(
    'is recorded once when recording it fails: %s',
    async (mishap) => {
      let left = 1;
      const { causes } = await play(disable, {
        repeated: 0.5,
        faults: {
          mishap: (place) => (place === 'deliver.canceled' && left-- > 0 ? mishap : undefined),
        },
      });
      expect(causes).toEqual(['canceled:endpoint_disabled']);
    },
  );

  it('stays canceled when its queue message is received again after the endpoint was enabled', async () => {
    let left = 1;
    let enable: () => void = () => undefined;
    const change = (simulation: ReturnType<typeof makeSimulation>) => {
      disable(simulation);
      enable = () => simulation.tenants.putEndpoint({ ...target, updatedAt: simulation.clock.now() });
    };
    const mishap: Faults['mishap'] = (place) => {
      if (place !== 'deliver.canceled' || left-- <= 0) return undefined;
      enable();
      return 'crash-after';
    };
    const { causes, simulation } = await play(change, { faults: { mishap } });
    expect(causes).toEqual(['canceled:endpoint_disabled']);
    expect(simulation.log.all()).toHaveLength(2);
  });

  it('is not recorded for an endpoint that is disabled before fan-out', async () => {
    const simulation = makeSimulation();
    await simulation.tenants.create(application());
    simulation.tenants.putEndpoint({ ...target, disabled: true });
    await simulation.publish(publishRequest());
    await simulation.runToRest(HOUR);
    expect([simulation.log.all(), simulation.fannedOut()]).toEqual([[], []]);
  });
});
