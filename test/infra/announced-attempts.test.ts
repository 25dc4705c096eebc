import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { attemptRows } from '../../functions/deliver/attempts/attempt-row.ts';
import type { Attempt, Decision, Trigger } from '../../functions/deliver/attempts/attempt.domain.ts';
import { CANCEL_REASONS } from '../../functions/deliver/canceled.domain.ts';
import { eventOfAttempt } from '../../functions/events/domain-event.domain.ts';
import { attempt } from '../support/simulation/builders.ts';
import { matchesFilter } from '../support/event-filter.ts';
import { ofType, synth, target } from './synth.ts';

/** The patterns on the Deliveries stream of the announce function. */
const patterns = (): readonly object[] => {
  const [, mapping] = ofType(synth('prod').service, 'AWS::Lambda::EventSourceMapping').find(
    ([id]) => id === 'AnnounceStreamDeliveriesMapping',
  )!;
  expect(target(mapping.Properties.FunctionName)).toBe('AnnounceFunction');
  const filters = mapping.Properties.FilterCriteria.Filters as { Pattern: string }[];
  return filters.map(({ Pattern }) => JSON.parse(Pattern) as object);
};

const announced = patterns();

/** As the stream has a change of an attempt's row. */
const recordOf = (one: Attempt, eventName = 'INSERT') => ({
  eventName,
  dynamodb: { NewImage: marshall(attemptRows(one).row, { removeUndefinedValues: true }) },
});

const invokes = (record: object): boolean => announced.some((pattern) => matchesFilter(pattern, record));

const DECISIONS: readonly Decision[] = [
  { kind: 'succeeded' },
  { kind: 'retry', at: 1_800_000_000_000 },
  { kind: 'exhausted' },
  { kind: 'gone' },
  { kind: 'manual-failed' },
  ...CANCEL_REASONS.map((reason): Decision => ({ kind: 'canceled', reason })),
];

const numbers = Array.from({ length: 60 }, (_, index) => index + 1);
const { id: series } = attempt();
const TRIGGERS: readonly Trigger[] = [
  ...numbers.map((number): Trigger => ({ kind: 'scheduled', number })),
  ...numbers.map((number): Trigger => ({ kind: 'scheduled', number, series })),
  { kind: 'manual', request: 'resend-1' },
];

describe('the event filter of announce', () => {
  it.each(DECISIONS)('lets exactly the attempts through that are domain events: $kind', (decision) => {
    for (const trigger of TRIGGERS) {
      const one: Attempt = { ...attempt(), trigger, decision, succeeded: decision.kind === 'succeeded' };
      const isEvent = eventOfAttempt(one) !== undefined;
      expect({ trigger, invokes: invokes(recordOf(one)) }).toEqual({ trigger, invokes: isEvent });
    }
  });

  it('lets no change and no expiry of an attempt through', () => {
    const last = attempt({ decision: { kind: 'exhausted' } });
    expect(invokes(recordOf(last))).toBe(true);
    expect(invokes(recordOf(last, 'MODIFY'))).toBe(false);
    expect(invokes({ eventName: 'REMOVE', dynamodb: { OldImage: recordOf(last).dynamodb.NewImage } })).toBe(
      false,
    );
  });

  // Up to five patterns for each mapping (Lambda Developer Guide, quotas of event filtering).
  it('has no more patterns than Lambda takes', () => {
    expect(announced.length).toBeLessThanOrEqual(5);
  });
});
