import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Delivery, DrainTimer } from '../../../functions/deliver/delivery.port.ts';
import type { DeliveryOutcome, ReceivedDelivery } from '../../../functions/deliver/delivery-record.ts';
import type { LaneFlows } from '../../../functions/deliver/lanes/lane.flow.ts';
import { startDeliveryBatch } from '../../../functions/deliver/queue/delivery-batch.ts';
import { formatDelivery, formatDrainTimer } from '../../../functions/deliver/queue/queue-message.ts';
import { APP, ENDPOINT, NOON, ORG, delivery } from '../../support/simulation/builders.ts';

const record = (messageId: string, body: string, receives = 1) =>
  ({ messageId, body, attributes: { ApproximateReceiveCount: String(receives) } }) as SQSRecord;
const to = (id: string): Delivery => delivery({ endpointId: endpointId(id) });

/** Flows that record what they are asked to do, and do what the test says. */
const makeBench = (
  deliver: (one: Delivery) => Promise<DeliveryOutcome> = async () => ({ kind: 'waiting' }),
) => {
  const delivered: ReceivedDelivery[] = [];
  const drained: DrainTimer[] = [];
  const finished: number[] = [];
  const flows: LaneFlows = {
    startBatch: (received) => ({
      deliver: (index) => {
        delivered.push(received[index]!);
        return deliver(received[index]!.delivery);
      },
      finish: async () => void finished.push(delivered.length),
    }),
    drain: async (drainTimer) => {
      drained.push(drainTimer);
      return { kind: 'overtaken' };
    },
  };
  const work = async (records: readonly SQSRecord[]) => {
    const workRecord = startDeliveryBatch(flows, records, () => 60_000);
    return (await Promise.allSettled(records.map(workRecord))).map(({ status }) => status);
  };
  return { delivered, drained, finished, work };
};

describe('a batch of a delivery queue', () => {
  it('delivers each record with its own receipt, and finishes after the last', async () => {
    const { delivered, finished, work } = makeBench();
    const records = ['ep_a', 'ep_b'].map((id, index) =>
      record(`r${index}`, formatDelivery(to(id)), index + 1),
    );
    expect(await work(records)).toEqual(['fulfilled', 'fulfilled']);
    expect(delivered).toEqual([
      { delivery: to('ep_a'), receipt: { queueMessageId: 'r0', receiveCount: 1 } },
      { delivery: to('ep_b'), receipt: { queueMessageId: 'r1', receiveCount: 2 } },
    ]);
    expect(finished).toEqual([2]);
  });

  it('fails a record that is no delivery, and no record beside it', async () => {
    const { delivered, finished, work } = makeBench();
    const bodies = ['no json', '{"v":99}', '[]', 'null', formatDelivery(to('ep_a'))];
    const outcomes = await work(bodies.map((body, index) => record(`r${index}`, body)));
    expect(outcomes).toEqual([...Array<string>(4).fill('rejected'), 'fulfilled']);
    expect(delivered).toHaveLength(1);
    expect(finished).toEqual([1]);
  });

  it('fails a delivery that fails, and none beside it', async () => {
    const { work, finished } = makeBench((one) =>
      one.endpointId === 'ep_bad'
        ? Promise.reject(new Error('no table'))
        : Promise.resolve({ kind: 'waiting' }),
    );
    const records = ['ep_a', 'ep_bad', 'ep_c'].map((id) => record(id, formatDelivery(to(id))));
    expect(await work(records)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(finished).toEqual([3]);
  });

  it('delivers duplicates once, with the receipt of the most receives, and they share the outcome', async () => {
    const { delivered, work } = makeBench(() => Promise.reject(new Error('no table')));
    const body = formatDelivery(delivery());
    expect(await work([record('new', body, 1), record('back', body, 3), record('also', body, 2)])) //
      .toEqual(['rejected', 'rejected', 'rejected']);
    expect(delivered).toEqual([
      { delivery: delivery(), receipt: { queueMessageId: 'back', receiveCount: 3 } },
    ]);
  });

  it('delivers different attempt numbers of one message and endpoint separately', async () => {
    const { delivered, work } = makeBench();
    const triggers: Delivery['trigger'][] = [
      { kind: 'scheduled', number: 1 },
      { kind: 'scheduled', number: 2 },
      { kind: 'manual', request: 'r' },
    ];
    await work(triggers.map((trigger, index) => record(`r${index}`, formatDelivery(delivery({ trigger })))));
    expect(delivered.map((one) => one.delivery.trigger)).toEqual(triggers);
  });

  it('hands drain timers to the drain', async () => {
    const { delivered, drained, work } = makeBench();
    const drainTimer: DrainTimer = { orgId: ORG, appId: APP, endpointId: ENDPOINT, at: NOON, step: 2 };
    expect(await work([record('w', formatDrainTimer(drainTimer))])).toEqual(['fulfilled']);
    expect([delivered, drained]).toEqual([[], [drainTimer]]);
  });
});
