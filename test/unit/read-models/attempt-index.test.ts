import { describe, expect, it } from 'vitest';
import { isIndexed } from '../../../functions/deliver/attempts/attempt-index.domain.ts';
import { expectsManyAttempts } from '../../../functions/messages/attempts-expected.domain.ts';
import { NOON, attempt, seededIds } from '../../support/simulation/builders.ts';

const [ids, messageIds] = [seededIds(1), seededIds(2)];
const messageId = messageIds.message(NOON);
const earlier = ids.endpoint(NOON - 60_000);
const later = ids.endpoint(NOON + 60_000);
const series = seededIds(3).attempt(NOON);
const one = attempt({ messageId, endpointId: earlier, trigger: { kind: 'scheduled', number: 8 } });

describe('the index of attempts by time', () => {
  it('leaves out those that a message was expected to take', () => {
    expect(isIndexed(one, undefined)).toBe(false);
    expect(isIndexed(one, {})).toBe(false);
  });

  it.each([
    ['resends', { trigger: { kind: 'manual', request: 'r' } }],
    ['replays', { trigger: { kind: 'scheduled', number: 1, series } }],
    ['attempts at later endpoints', { endpointId: later }],
    ['cancellations', { decision: { kind: 'canceled', reason: 'endpoint_disabled' } }],
  ] as const)('has %s of every message', (_, some) => {
    expect(isIndexed({ ...one, ...some }, {})).toBe(true);
  });

  it('has every attempt of a message that expects many', () => {
    expect(isIndexed(one, { indexed: true })).toBe(true);
  });

  it('counts an endpoint as there from the start that was made in the tick of the message', () => {
    expect(isIndexed({ ...one, endpointId: seededIds(4).endpoint(NOON) }, {})).toBe(false);
  });
});

describe('a message expects many attempts', () => {
  const schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

  it('from 51 endpoints with the default schedule', () => {
    expect([50, 51].map((endpoints) => expectsManyAttempts(endpoints, schedule))).toEqual([false, true]);
  });

  it('for every try that its schedule allows', () => {
    expect(expectsManyAttempts(400, [])).toBe(false);
    expect(expectsManyAttempts(401, [])).toBe(true);
    expect(
      expectsManyAttempts(
        8,
        Array.from({ length: 50 }, () => 60),
      ),
    ).toBe(true);
  });
});
