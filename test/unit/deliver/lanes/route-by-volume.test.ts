import { describe, expect, it } from 'vitest';
import type {
  DeliveryQueue,
  DrainTimer,
  QueuedDelivery,
} from '../../../../functions/deliver/delivery.port.ts';
import { makeRouteByVolume, makeVolumes } from '../../../../functions/deliver/lanes/route-by-volume.flow.ts';
import type { MeasureRate } from '../../../../functions/deliver/lanes/route-by-volume.flow.ts';
import { appId, endpointId, messageId, orgId } from '../../../../functions/platform/ids/brand.domain.ts';
import { BULK_RULES } from '../../../../functions/platform/limits/delivery.domain.ts';
import { APP, delivery, ENDPOINT, NOON, ORG } from '../../../support/simulation/builders.ts';

const { burst, busyMs, perSecond } = BULK_RULES;

interface Lane extends DeliveryQueue {
  readonly taken: string[];
  readonly timers: DrainTimer[];
}

/** A queue that refuses deliveries of some messages, or every call. */
const laneOf = (refuses: (id: string) => boolean = () => false, down = false): Lane => {
  const [taken, timers]: [string[], DrainTimer[]] = [[], []];
  return {
    taken,
    timers,
    send: () => Promise.reject(new Error('deliveries are sent by sendEach')),
    sendEach: async (some) => {
      if (down) throw new Error('the queue is down');
      return Promise.allSettled(
        some.map(async ({ delivery: { messageId: id } }) => {
          if (refuses(id)) throw new Error(`refused ${id}`);
          taken.push(id);
        }),
      );
    },
    drainTimer: async (timer) => void timers.push(timer),
  };
};

const of = (app: string, count: number, from = 0): readonly QueuedDelivery[] =>
  Array.from({ length: count }, (_, index) => ({
    delivery: delivery({ appId: appId(app), messageId: messageId(`${app}-${from + index}`) }),
    delaySeconds: 0,
  }));

const setUp = ({
  fast = laneOf(),
  bulk = laneOf(),
  measureRate,
}: { fast?: Lane; bulk?: Lane; measureRate?: MeasureRate } = {}) => {
  let now = NOON;
  const queue = makeRouteByVolume({
    ...{ queue: fast, bulkQueue: bulk, volumes: makeVolumes(), measureRate, now: () => now },
  });
  return { queue, fast, bulk, wait: (ms: number) => (now += ms) };
};

describe('deliveries are routed by the volume of their application', () => {
  it('a few use the fast lane, and an application with many at once the bulk lane for all of them', async () => {
    const { queue, fast, bulk } = setUp();
    await queue.sendEach([...of('busy', burst), ...of('quiet', 2), ...of('busy', 1, burst)]);
    expect(fast.taken).toEqual(['quiet-0', 'quiet-1']);
    expect(bulk.taken).toHaveLength(burst + 1);
  });

  it('an application that sends little by little uses the bulk lane once its measured rate is too high', async () => {
    const { queue, fast, bulk, wait } = setUp({
      measureRate: async ({ appId: id }) => (id === 'busy' ? 40 : 4),
    });
    for (let index = 0; index < 100; index += 1) {
      await queue.send(of('busy', 1, index));
      if (index % 10 === 0) await queue.send(of('quiet', 1, index));
      wait(25);
    }
    expect(fast.taken.filter((id) => id.startsWith('quiet'))).toHaveLength(10);
    expect(fast.taken.filter((id) => id.startsWith('busy')).length).toBeLessThan(10);
    expect(bulk.taken.every((id) => id.startsWith('busy'))).toBe(true);
    wait(2 * busyMs);
    await queue.send(of('busy', 1, 100));
    expect(fast.taken.at(-1)).toBe('busy-100');
  });

  it('the rate of messages counts for each of their deliveries', async () => {
    const { queue, bulk } = setUp({ measureRate: async () => perSecond / 2 });
    const wide = (index: number) =>
      of('wide', 4).map((one) => ({
        ...one,
        delivery: { ...one.delivery, messageId: messageId(`wide-${index}`) },
      }));
    await queue.sendEach(wide(0));
    await queue.sendEach(wide(1));
    expect(bulk.taken).toEqual(Array(4).fill('wide-1'));
  });

  it('a rate that cannot be measured fails no delivery, and the count of this process decides', async () => {
    const { queue, fast, bulk } = setUp({ measureRate: () => Promise.reject(new Error('throttled')) });
    for (let index = 0; index < 2 * burst; index += 1) await queue.send(of('busy', 1, index));
    expect([fast.taken.length, bulk.taken.length]).toEqual([burst, burst]);
  });

  it('applications of the same id in other organizations have a volume of their own', async () => {
    const { queue, fast, bulk } = setUp();
    await queue.sendEach(of('same', burst));
    await queue.sendEach(
      of('same', burst).map((one) => ({ ...one, delivery: { ...one.delivery, orgId: orgId('org_other') } })),
    );
    expect(fast.taken).toHaveLength(2 * burst);
    expect(bulk.taken).toEqual([]);
  });

  it('outcomes keep the order of the deliveries, and one that a lane refuses fails no other', async () => {
    const refuses = (id: string) => id.endsWith('-1');
    const { queue } = setUp({ fast: laneOf(refuses), bulk: laneOf(refuses) });
    const quiet = of('quiet', 2);
    const busy = of('busy', burst + 1);
    const mixed = [busy[0]!, quiet[0]!, busy[1]!, quiet[1]!, ...busy.slice(2)];
    const outcomes = await queue.sendEach(mixed);
    expect(outcomes.map(({ status }) => status)).toEqual(
      mixed.map((one) => (refuses(one.delivery.messageId) ? 'rejected' : 'fulfilled')),
    );
  });

  it('a lane whose queue is down fails its own deliveries alone, and send throws for them', async () => {
    const { queue, fast } = setUp({ bulk: laneOf(undefined, true) });
    const outcomes = await queue.sendEach([...of('quiet', 1), ...of('busy', burst + 1)]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(burst + 1);
    expect(fast.taken).toEqual(['quiet-0']);
    await expect(queue.send(of('busy', 1))).rejects.toThrow('the queue is down');
  });

  it('drain timers use the fast lane', async () => {
    const { queue, fast } = setUp();
    const timer = { orgId: ORG, appId: APP, endpointId: endpointId(ENDPOINT), at: NOON, step: 0 };
    await queue.drainTimer(timer, 5);
    expect(fast.timers).toEqual([timer]);
  });
});
