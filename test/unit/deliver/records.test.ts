import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { prepareDeliveries } from '../../../functions/deliver/records.ts';
import type { Delivered, QueueReceipt } from '../../../functions/deliver/deliver.flow.ts';
import type { Delivering } from '../../../functions/deliver/batch.flow.ts';
import type { Delivery, DrainTimer } from '../../../functions/deliver/delivery.port.ts';
import { formatDelivery, formatDrainTimer } from '../../../functions/deliver/queue/delivery-record.ts';
import { APP, ENDPOINT, NOON, ORG, delivery } from '../../support/simulation/builders.ts';

const record = (messageId: string, body: string, receives = 1) =>
  ({ messageId, body, attributes: { ApproximateReceiveCount: String(receives) } }) as SQSRecord;
const to = (id: string): Delivery => delivery({ endpointId: endpointId(id) });

/** Delivering that notes what it is asked, and does what the test says. */
const makeBench = (run: (one: Delivery) => Promise<Delivered> = async () => ({ kind: 'waits' })) => {
  const asked: { readonly one: Delivery; readonly receipt: QueueReceipt }[] = [];
  const drained: DrainTimer[] = [];
  const finished: number[] = [];
  const delivering: Delivering = {
    deliver: {
      prepare: (deliveries) => ({
        run: (index, receipt) => {
          asked.push({ one: deliveries[index]!, receipt });
          return run(deliveries[index]!);
        },
        finish: async () => void finished.push(asked.length),
      }),
    },
    drain: async (drainTimer) => {
      drained.push(drainTimer);
      return { kind: 'overtaken' };
    },
  };
  const work = async (records: readonly SQSRecord[]) => {
    const one = prepareDeliveries(delivering, records, () => 60_000);
    return (await Promise.allSettled(records.map(one))).map(({ status }) => status);
  };
  return { asked, drained, finished, work };
};

describe('a batch of a delivery queue', () => {
  it('works on each record with its own receipt, and ends when the last is done', async () => {
    const { asked, finished, work } = makeBench();
    const records = ['ep_a', 'ep_b'].map((id, index) =>
      record(`r${index}`, formatDelivery(to(id)), index + 1),
    );
    expect(await work(records)).toEqual(['fulfilled', 'fulfilled']);
    expect(asked).toEqual([
      { one: to('ep_a'), receipt: { holder: 'r0', receives: 1 } },
      { one: to('ep_b'), receipt: { holder: 'r1', receives: 2 } },
    ]);
    expect(finished).toEqual([2]);
  });

  it('fails a record that is no delivery by itself', async () => {
    const { asked, finished, work } = makeBench();
    const bodies = ['no json', '{"v":99}', '[]', 'null', formatDelivery(to('ep_a'))];
    const outcomes = await work(bodies.map((body, index) => record(`r${index}`, body)));
    expect(outcomes).toEqual([...Array<string>(4).fill('rejected'), 'fulfilled']);
    expect(asked).toHaveLength(1);
    expect(finished).toEqual([1]);
  });

  it('fails a delivery by itself', async () => {
    const { work, finished } = makeBench((one) =>
      one.endpointId === 'ep_bad'
        ? Promise.reject(new Error('no table'))
        : Promise.resolve({ kind: 'waits' }),
    );
    const records = ['ep_a', 'ep_bad', 'ep_c'].map((id) => record(id, formatDelivery(to(id))));
    expect(await work(records)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(finished).toEqual([3]);
  });

  it('sends twins once, in the name of the one that came most often, and they share the outcome', async () => {
    const { asked, work } = makeBench(() => Promise.reject(new Error('no table')));
    const body = formatDelivery(delivery());
    expect(await work([record('new', body, 1), record('back', body, 3), record('also', body, 2)])) //
      .toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toEqual([{ one: delivery(), receipt: { holder: 'back', receives: 3 } }]);
  });

  it('tells turns of one delivery apart', async () => {
    const { asked, work } = makeBench();
    const turns: Delivery['trigger'][] = [
      { kind: 'scheduled', number: 1 },
      { kind: 'scheduled', number: 2 },
      { kind: 'manual', request: 'r' },
    ];
    await work(turns.map((trigger, index) => record(`r${index}`, formatDelivery(delivery({ trigger })))));
    expect(asked.map(({ one }) => one.trigger)).toEqual(turns);
  });

  it('hands reminders to the drain', async () => {
    const { asked, drained, work } = makeBench();
    const drainTimer: DrainTimer = { orgId: ORG, appId: APP, endpointId: ENDPOINT, at: NOON, step: 2 };
    expect(await work([record('w', formatDrainTimer(drainTimer))])).toEqual(['fulfilled']);
    expect([asked, drained]).toEqual([[], [drainTimer]]);
  });
});
