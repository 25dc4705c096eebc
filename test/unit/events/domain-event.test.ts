import { describe, expect, it } from 'vitest';
import type { Attempt, Decision } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { eventOfAttempt, eventsOfEndpoint } from '../../../functions/events/domain-event.domain.ts';
import type { CatalogedEndpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import { ENDPOINT, NOON, attempt, endpoint } from '../../support/simulation/builders.ts';

const ended = (number: number, decision: Decision): Attempt =>
  attempt({
    trigger: { kind: 'scheduled', number },
    decision,
    succeeded: decision.kind === 'succeeded',
    responseStatusCode: decision.kind === 'succeeded' ? 204 : 503,
  });
const retry = { kind: 'retry', at: NOON + 5000 } as const;
const typesOf = (decision: Decision, turns = [1, 2, 3, 4, 5, 6]) =>
  turns.map((number) => eventOfAttempt(ended(number, decision))?.type ?? '-');
const row = (some: Partial<CatalogedEndpoint> = {}): CatalogedEndpoint => ({
  ...endpoint(),
  deletedAt: null,
  rev: 1n,
  ...some,
});
const types = (before: CatalogedEndpoint | undefined, after: CatalogedEndpoint) =>
  eventsOfEndpoint(before, after).map(({ type }) => type);

describe('what is said of an attempt', () => {
  it('is failing on the fourth failure while retries remain', () => {
    expect(typesOf(retry)).toEqual(['-', '-', '-', 'message.attempt.failing', '-', '-']);
  });

  it('is recovered on success from the fifth try on', () => {
    const recovered = 'message.attempt.recovered';
    expect(typesOf({ kind: 'succeeded' })).toEqual(['-', '-', '-', '-', recovered, recovered]);
  });

  it('is exhausted after the last failure, on whichever try, and when the receiver is gone', () => {
    expect(typesOf({ kind: 'exhausted' }, [1, 4])).toEqual(Array(2).fill('message.attempt.exhausted'));
    expect(typesOf({ kind: 'gone' }, [1, 4])).toEqual(Array(2).fill('message.attempt.exhausted'));
  });

  it('is nothing for resends that merely failed or succeeded', () => {
    const trigger = { kind: 'manual', request: 'r1' } as const;
    expect(eventOfAttempt({ ...ended(1, { kind: 'manual-failed' }), trigger })).toBeUndefined();
    expect(eventOfAttempt({ ...ended(9, { kind: 'succeeded' }), trigger })).toBeUndefined();
  });

  it('is canceled with its reason, on whichever turn, by hand too, and repeats under the same id', () => {
    for (const trigger of [
      { kind: 'scheduled', number: 1 },
      { kind: 'scheduled', number: 5, series: attempt().id },
      { kind: 'manual', request: 'r1' },
    ] as const) {
      const decision = { kind: 'canceled', reason: 'endpoint_deleted' } as const;
      const end = { ...ended(1, decision), trigger, eventId: 'evt-1' };
      expect(eventOfAttempt(end)).toEqual({
        ...{ id: `message.attempt.canceled#${end.id}`, type: 'message.attempt.canceled', at: end.at },
        ...{ orgId: end.orgId, appId: end.appId, endpointId: ENDPOINT },
        ...{ msgId: end.messageId, msgEventId: 'evt-1' },
        canceled: { id: end.id, reason: 'endpoint_deleted' },
      });
      expect(eventOfAttempt(end)).toEqual(eventOfAttempt(end));
    }
  });

  it('names the message, its eventId and the attempt, and repeats under the same id', () => {
    const last = { ...ended(8, { kind: 'exhausted' }), eventId: 'evt-1' };
    const domainEvent = eventOfAttempt(last);
    expect(domainEvent).toMatchObject({
      ...{ endpointId: ENDPOINT, msgId: last.messageId, msgEventId: 'evt-1', at: last.at },
      lastAttempt: { id: last.id, responseStatusCode: 503, timestamp: last.at, cause: null },
    });
    expect(eventOfAttempt(last)?.id).toBe(domainEvent?.id);
  });
});

describe('what is said of an endpoint', () => {
  it('is that it was created, updated or deleted', () => {
    expect(types(undefined, row())).toEqual(['endpoint.created']);
    expect(types(row(), row({ description: 'new', updatedAt: NOON + 1 }))).toEqual(['endpoint.updated']);
    expect(types(row(), row({ deletedAt: NOON + 1 }))).toEqual(['endpoint.deleted']);
  });

  it('is that it was deleted where its row moved aside, so that nothing stood there before', () => {
    expect(types(undefined, row({ deletedAt: NOON + 1 }))).toEqual(['endpoint.deleted']);
  });

  it('is nothing more once it is deleted', () => {
    expect(types(row({ deletedAt: NOON }), row({ deletedAt: NOON, metadata: { a: 'b' } }))).toEqual([]);
  });

  it('is that it was disabled, since when it failed, where the system turned it off', () => {
    const off = row({ disabled: true, failSince: NOON - 1000, updatedAt: NOON + 1 });
    expect(eventsOfEndpoint(row({ uid: 'mine' }), off)).toMatchObject([
      { type: 'endpoint.disabled', endpointUid: 'mine', failSince: NOON - 1000 },
    ]);
  });

  it('is nothing where its headers alone changed, and an update where its secret or anything else did too', () => {
    const headers = { 'X-Key': 'new' };
    const rotated = { secret: { sealed: Uint8Array.of(9), expiresAt: null } };
    expect(types(row(), row({ headers, rev: 2n, updatedAt: NOON + 1 }))).toEqual([]);
    expect(types(row(), row({ ...rotated, rev: 2n }))).toEqual(['endpoint.updated']);
    expect(types(row(), row({ headers, url: 'https://receiver.example/b', rev: 2n }))).toEqual([
      'endpoint.updated',
    ]);
  });

  it('is a mere update where its owner turned it off, or on again', () => {
    expect(types(row(), row({ disabled: true }))).toEqual(['endpoint.updated']);
    expect(types(row({ disabled: true, failSince: NOON }), row())).toEqual(['endpoint.updated']);
  });

  it('keeps its id when it is said again, and changes it with the next change', () => {
    const id = (rev: bigint) => eventsOfEndpoint(row(), row({ rev }))[0]?.id;
    expect(id(2n)).toBe(id(2n));
    expect(id(2n)).not.toBe(id(3n));
  });
});
