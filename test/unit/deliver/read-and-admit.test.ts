import { describe, expect, it } from 'vitest';
import { appId, endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { NOT_CROWDED } from '../../../functions/deliver/lanes/crowding.domain.ts';
import { HEALTHY } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import type { EndpointHealth } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import { makeAdmit } from '../../../functions/deliver/admission/admission.flow.ts';
import { makeReadAndAdmit } from '../../../functions/deliver/admission/read-and-admit.flow.ts';
import { makeReserveSlots } from '../../../functions/deliver/throttle/reservations.flow.ts';
import type { Throttle } from '../../../functions/deliver/throttle/reservations.flow.ts';
import type { Delivery, DeliveryContext } from '../../../functions/deliver/delivery.port.ts';
import {
  NOON,
  SETTINGS,
  application,
  delivery,
  endpoint,
  message,
} from '../../support/simulation/builders.ts';

const never = new Promise<never>(() => undefined);
const to = (endpoint: string, app = 'app_a'): Delivery =>
  delivery({ appId: appId(app), endpointId: endpointId(endpoint) });

interface Bench {
  /** What the batch's read does for one delivery, and what the later read of that delivery alone does. */
  readonly brief?: (one: Delivery) => Promise<void>;
  readonly long?: (one: Delivery) => Promise<void>;
  readonly reserve?: (throttle: Throttle) => Promise<number | undefined>;
  readonly claimProbe?: (one: Pick<Delivery, 'endpointId'>) => Promise<boolean>;
  readonly health?: (one: Delivery) => EndpointHealth;
  readonly applicationRate?: number | null;
}

const fine = async () => undefined;

const makeBench = (some: Bench = {}) => {
  const { brief = fine, long = fine, reserve = async () => NOON, claimProbe = async () => true } = some;
  const contextOf = (one: Delivery): DeliveryContext => {
    const target = endpoint({ appId: one.appId, id: one.endpointId, throttleRate: 10 });
    const { applicationRate: throttleRate = null, health = () => HEALTHY } = some;
    return {
      tenant: {
        application: application({ id: one.appId, throttleRate }),
        endpoints: [target],
        settings: SETTINGS,
      },
      message: message({ appId: one.appId }),
      recorded: undefined,
      mayHaveDuplicate: false,
      notBefore: 0,
      endedByResend: false,
      health: health(one),
      crowding: NOT_CROWDED,
    };
  };
  const reads: number[] = [];
  const reserved: Throttle[] = [];
  const now = () => NOON;
  const admit = makeAdmit({
    ...{ lane: 'fast', now, health: { claimProbe } },
    reserve: makeReserveSlots({ reserve: (line) => (reserved.push(line), reserve(line)) }, now),
  });
  const reader = {
    read: async (deliveries: readonly Delivery[], patience: 'brief' | 'long') => {
      reads.push(deliveries.length);
      return deliveries.map((one) => async () => {
        await (patience === 'brief' ? brief(one) : long(one));
        return contextOf(one);
      });
    },
  };
  const readAndAdmit = makeReadAndAdmit({ reader, admit });
  return {
    ...{ reads, reserved },
    admit: (batch: readonly Delivery[]) =>
      readAndAdmit(
        batch.map((one, index) => ({
          delivery: one,
          receipt: { queueMessageId: `r${index}`, receiveCount: 1 },
        })),
      ),
  };
};

const statuses = async (admitted: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(admitted)).map(({ status }) => status);
const refuse = () => Promise.reject(new Error('throttled'));

describe('a batch of deliveries is admitted record by record', () => {
  const batch = [to('ep_a'), to('ep_b'), to('ep_a'), to('ep_c', 'app_c')];

  it('an endpoint’s throttle that cannot be written fails the deliveries to that endpoint alone', async () => {
    const { admit } = makeBench({
      reserve: (line) => (line.endpointId === 'ep_a' ? refuse() : Promise.resolve(NOON)),
    });
    expect(await statuses(admit(batch))).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('an application’s throttle that cannot be written fails the deliveries of that application alone', async () => {
    const { admit } = makeBench({
      applicationRate: 10,
      reserve: (line) =>
        line.appId === 'app_a' && line.endpointId === null ? refuse() : Promise.resolve(NOON),
    });
    expect(await statuses(admit(batch))).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  });

  it('a circuit breaker that cannot be written fails the probe alone', async () => {
    const breaker = { kind: 'open', since: NOON - 2, until: NOON - 1, times: 1, probeUntil: null } as const;
    const { admit } = makeBench({
      claimProbe: refuse,
      health: ({ endpointId: id }) => (id === 'ep_a' ? { ...HEALTHY, breaker } : HEALTHY),
    });
    const admitted = admit(batch);
    expect(await statuses(admitted)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect((await admitted[2])?.decision.kind).toBe('park');
  });

  it('no delivery waits for a write of another endpoint or a row of another application', async () => {
    const { admit } = makeBench({
      brief: ({ appId: id }) => (id === 'app_c' ? never : fine()),
      reserve: (line) => (line.endpointId === 'ep_a' ? never : Promise.resolve(NOON)),
    });
    expect((await admit(batch)[1])?.decision).toEqual({ kind: 'send', probe: false, noRetryAfter: null });
  });

  it('a delivery that the batch’s read failed for is read again alone, and no other waits for that', async () => {
    const { admit, reads } = makeBench({
      brief: ({ endpointId: id }) => (id === 'ep_b' ? refuse() : fine()),
      long: () => never,
    });
    const admitted = admit(batch);
    expect(await statuses([admitted[0]!, admitted[2]!, admitted[3]!])).toEqual(Array(3).fill('fulfilled'));
    expect(reads).toEqual([4, 1]);
  });

  it('a delivery that is read again alone is admitted then, and fails alone where that read fails too', async () => {
    const brief = ({ endpointId: id }: Delivery) => (id === 'ep_b' ? refuse() : fine());
    expect(await statuses(makeBench({ brief }).admit(batch))).toEqual(Array(4).fill('fulfilled'));
    expect(await statuses(makeBench({ brief, long: refuse }).admit(batch))) //
      .toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('one write reserves all slots of one rate limiter', async () => {
    const { admit, reserved } = makeBench({ applicationRate: 10 });
    await Promise.all(admit(batch));
    expect(reserved.map(({ appId: app, endpointId: id }) => `${app} ${id}`).toSorted()).toEqual([
      'app_a ep_a',
      'app_a ep_b',
      'app_a null',
      'app_c ep_c',
      'app_c null',
    ]);
  });
});
