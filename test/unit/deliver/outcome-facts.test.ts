import { describe, expect, it } from 'vitest';
import { makeFacts } from '../../../functions/platform/lambda/facts.ts';
import { emfLine } from '../../../functions/platform/lambda/emf.domain.ts';
import { reportOutcomes } from '../../../functions/deliver/outcome-facts.ts';
import type { DeliveryOutcome } from '../../../functions/deliver/delivery-record.ts';
import { NOON, attempt } from '../../support/simulation/builders.ts';

const start = () => {
  const clock = { now: NOON };
  const lines: Record<string, unknown>[] = [];
  const facts = makeFacts({
    now: () => clock.now,
    write: (line) => {
      const { _aws, ...rest } = JSON.parse(line) as Record<string, unknown>;
      expect(_aws).toMatchObject({ Timestamp: clock.now });
      lines.push(rest);
    },
  });
  return { clock, lines, facts, report: reportOutcomes(facts, 'deliver-dev') };
};

const delivered: DeliveryOutcome = {
  kind: 'attempted',
  attempt: attempt({ cause: null, succeeded: true, responseDurationMs: 80 }),
  waitedMs: 250,
};
const failed = (cause: 'status_5xx' | 'tls_expired', decision: 'retry' | 'exhausted'): DeliveryOutcome => ({
  kind: 'attempted',
  attempt: attempt({
    ...{ cause, succeeded: false, responseDurationMs: 90 },
    decision: decision === 'retry' ? { kind: 'retry', at: NOON } : { kind: 'exhausted' },
  }),
});

describe('metrics of deliveries:', () => {
  it('healthy deliveries of ten seconds make one line, with latency and time to the first attempt', () => {
    const { clock, lines, report } = start();
    report([delivered]);
    expect(lines).toEqual([
      { function: 'deliver-dev', Delivered: 1, TimeToFirstAttempt: [250], ReceiverLatency: [80] },
    ]);
    clock.now += 5_000;
    report([delivered, delivered]);
    expect(lines).toHaveLength(1);
    clock.now += 5_000;
    report([delivered]);
    expect(lines[1]).toEqual({
      ...{ function: 'deliver-dev', Delivered: 3 },
      ...{ TimeToFirstAttempt: [250, 250, 250], ReceiverLatency: [80, 80, 80] },
    });
  });

  it('a hundred deliveries do not wait for ten seconds, since a line holds as many values', () => {
    const { lines, report } = start();
    report([delivered]);
    for (let batch = 0; batch < 10; batch += 1) report(Array<DeliveryOutcome>(10).fill(delivered));
    expect(lines.map((line) => line['Delivered'])).toEqual([1, 100]);
  });

  it('failures are counted by cause at once, and exhausted ones apart', () => {
    const { lines, report } = start();
    report([delivered]);
    report([
      failed('status_5xx', 'retry'),
      failed('tls_expired', 'exhausted'),
      failed('status_5xx', 'retry'),
    ]);
    expect(lines.slice(1)).toEqual([
      { function: 'deliver-dev', cause: 'status_5xx', FailedAttempts: 2 },
      { function: 'deliver-dev', cause: 'tls_expired', FailedAttempts: 1 },
      { function: 'deliver-dev', Exhausted: 1 },
    ]);
  });

  it('dropped deliveries are counted by reason, and duplicates that were avoided', () => {
    const { clock, lines, report } = start();
    report([{ kind: 'canceled', reason: 'endpoint_disabled' }, { kind: 'ended' }]);
    report([{ kind: 'repeated', attempt: attempt() }, { kind: 'waiting' }, { kind: 'parked' }]);
    clock.now += 60_000;
    report([]);
    expect(lines).toEqual([
      { function: 'deliver-dev', reason: 'endpoint_disabled', Dropped: 1 },
      { function: 'deliver-dev', reason: 'succeeded_before', Dropped: 1 },
      { function: 'deliver-dev', DuplicatesAvoided: 2 },
    ]);
  });

  it('nothing happened: no line', () => {
    const { lines, report } = start();
    report([{ kind: 'parked' }, { kind: 'throttled' }]);
    expect(lines).toEqual([]);
  });
});

it('a metric line has the form of the Embedded Metric Format', () => {
  const line = emfLine({
    ...{ atMs: NOON, dimensions: { function: 'f', cause: 'dns' } },
    ...{ counts: { FailedAttempts: 2 }, times: { ReceiverLatency: [5] } },
  });
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: NOON,
      CloudWatchMetrics: [
        {
          Namespace: 'Posthorn',
          Dimensions: [['function', 'cause']],
          Metrics: [{ Name: 'FailedAttempts' }, { Name: 'ReceiverLatency', Unit: 'Milliseconds' }],
        },
      ],
    },
    ...{ function: 'f', cause: 'dns', FailedAttempts: 2, ReceiverLatency: [5] },
  });
});
