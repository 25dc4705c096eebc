import { describe, expect, it } from 'vitest';
import budget from '../support/bench/budget.json' with { type: 'json' };
import { countedOf } from '../support/bench/bill.ts';
import type { Counted } from '../support/bench/bill.ts';
import { play, USUAL } from '../support/bench/scenario.ts';
import type { Scenario } from '../support/bench/scenario.ts';

/**
 * Rows of the data model (docs/architecture.md) in write units: each of these is below 1 KB. One row serves both lists of an
 * endpoint where the first attempt succeeds promptly (docs/decisions/0080).
 */
const ROWS = { message: 1, attempt: 1, 'attempt of the endpoint': 1 };
const TRANSACTED = 2;

/** Strong reads in read units: a revision of the application and one of its organization's settings. */
const SNAPSHOT = 2;
/** A delivery also reads its message, whether it is recorded, and with eventual consistency its endpoint's health and the crowding of lanes. */
const DELIVERY = SNAPSHOT + 3;

/**
 * One attempt in 62 marks its hour for the statistics, a process that starts reads an application anew, and a busy machine makes
 * an endpoint look slow and a delivery late.
 */
const NOW_AND_THEN = 5;

interface Paper extends Scenario {
  /** By kind of row. */
  readonly write: Readonly<Record<string, number>>;
  readonly read: number;
}

/** What a message costs by the data model, worked out on paper. */
const PAPER: readonly Paper[] = [
  {
    ...USUAL,
    name: 'to one endpoint',
    write: { ...ROWS, 'idempotency key': 1 },
    read: SNAPSHOT + SNAPSHOT + DELIVERY,
  },
  {
    ...USUAL,
    name: 'with an eventId',
    eventId: true,
    write: { ...ROWS, 'idempotency key': 1, message: TRANSACTED, 'event id': TRANSACTED },
    read: SNAPSHOT + SNAPSHOT + DELIVERY,
  },
  {
    ...USUAL,
    name: 'by the ingest queue',
    way: 'queue',
    write: { ...ROWS, 'event id': 1 },
    read: SNAPSHOT + SNAPSHOT + DELIVERY,
  },
  {
    ...USUAL,
    name: 'by the ingest bus',
    way: 'bus',
    write: { ...ROWS, 'event id': 1 },
    read: SNAPSHOT + SNAPSHOT + DELIVERY,
  },
  {
    ...USUAL,
    name: 'without an idempotency key',
    sdk: false,
    write: ROWS,
    read: SNAPSHOT + SNAPSHOT + DELIVERY,
  },
];

const writtenTo = ({ rows }: Counted, kind: string): number =>
  rows.filter((row) => row.kind === kind).reduce((all, { write }) => all + write, 0);

const each = (total: number, { messages }: Counted) => total / messages;

const calls = (counted: Counted) =>
  Object.entries(counted.calls)
    .filter(([name]) => /^(DynamoDB|SQS|EventBridge|S3) /.test(name))
    .reduce((sum, [, count]) => sum + count, 0);

describe('a message', () => {
  it.each(PAPER)('$name costs the units that the data model says', async (scenario) => {
    const counted = countedOf(await play(scenario), scenario.messages);
    const paper = Object.entries(scenario.write).map(
      ([kind, units]) => [kind, units * scenario.messages] as const,
    );
    expect(paper.filter(([kind, units]) => writtenTo(counted, kind) < units)).toEqual([]);
    const whole = paper.reduce((all, [, units]) => all + units, 0);
    expect(counted.units.write ?? 0, JSON.stringify(counted.rows)).toBeLessThanOrEqual(whole + NOW_AND_THEN);
    expect(counted.units.read ?? 0).toBeGreaterThanOrEqual(scenario.read * scenario.messages);
    expect(counted.units.read ?? 0).toBeLessThanOrEqual(scenario.read * scenario.messages + NOW_AND_THEN);
  });

  // Bundle sizes have their budget in test/infra/functions.test.ts.
  it('stays within its budget of units, calls and log bytes, one by one and at full batches', async () => {
    const scenario = { ...USUAL, name: 'budget' };
    const single = countedOf(await play(scenario), scenario.messages);
    const most = (budgeted: number) => budgeted * single.messages + NOW_AND_THEN;
    expect(single.units.write ?? 0).toBeLessThanOrEqual(most(budget.writeUnits));
    expect(single.units.read ?? 0).toBeLessThanOrEqual(most(budget.readUnits));
    expect(calls(single)).toBeLessThanOrEqual(most(budget.callsOneByOne));
    expect(each(single.logBytes, single)).toBeLessThanOrEqual(budget.logBytes);
    const many = { ...scenario, messages: 50, batched: true };
    const batched = countedOf(await play(many), many.messages);
    // Batches run side by side, in processes of which each reads the application anew by two calls.
    const { deliver = 0, 'deliver-bulk': deliverBulk = 0 } = batched.invocations;
    const processes = 2 * (deliver + deliverBulk);
    expect(calls(batched)).toBeLessThanOrEqual(budget.callsAtFullBatches * batched.messages + processes);
    expect(each(batched.logBytes, batched)).toBeLessThanOrEqual(budget.logBytes);
  });
});
