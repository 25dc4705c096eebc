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
const typesOf = (decision: Decision, attemptNumbers = [1, 2, 3, 4, 5, 6]) =>
  attemptNumbers.map((number) => eventOfAttempt(ended(number, decision))?.type ?? '-');
const row = (some: Partial<CatalogedEndpoint> = {}): CatalogedEndpoint => ({
  ...endpoint(),
  deletedAt: null,
  rev: 1n,
  ...some,
});
const types = (before: CatalogedEndpoint | undefined, after: CatalogedEndpoint) =>
  eventsOfEndpoint(before, after).map(({ type }) => type);

describe('event of an attempt', () => {
  it('is failing at the fourth failed attempt while retries remain', () => {
    expect(typesOf(retry)).toEqual(['-', '-', '-', 'message.attempt.failing', '-', '-']);
  });

  it('is recovered when the fifth or a later attempt succeeds', () => {
    const recovered = 'message.attempt.recovered';
    expect(typesOf({ kind: 'succeeded' })).toEqual(['-', '-', '-', '-', recovered, recovered]);
  });

  it('is exhausted after the last failed attempt and when the receiver answered 410', () => {
    expect(typesOf({ kind: 'exhausted' }, [1, 4])).toEqual(Array(2).fill('message.attempt.exhausted'));
    expect(typesOf({ kind: 'gone' }, [1, 4])).toEqual(Array(2).fill('message.attempt.exhausted'));
  });

  it('is absent for resends that failed or succeeded', () => {
    const trigger = { kind: 'manual', request: 'r1' } as const;
    expect(eventOfAttempt({ ...ended(1, { kind: 'manual-failed' }), trigger })).toBeUndefined();
    expect(eventOfAttempt({ ...ended(9, { kind: 'succeeded' }), trigger })).toBeUndefined();
  });

  it('is canceled with its reason for any attempt number and for resends, with a repeatable id', () => {
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

  it('names the message, its eventId and the attempt, with a repeatable id', () => {
    const last = { ...ended(8, { kind: 'exhausted' }), eventId: 'evt-1' };
    const domainEvent = eventOfAttempt(last);
    expect(domainEvent).toMatchObject({
      ...{ endpointId: ENDPOINT, msgId: last.messageId, msgEventId: 'evt-1', at: last.at },
      lastAttempt: { id: last.id, responseStatusCode: 503, timestamp: last.at, cause: null },
    });
    expect(eventOfAttempt(last)?.id).toBe(domainEvent?.id);
  });
});

describe('events of an endpoint', () => {
  it('are created, updated and deleted', () => {
    expect(types(undefined, row())).toEqual(['endpoint.created']);
    expect(types(row(), row({ description: 'new', updatedAt: NOON + 1 }))).toEqual(['endpoint.updated']);
    expect(types(row(), row({ deletedAt: NOON + 1 }))).toEqual(['endpoint.deleted']);
  });

  it('are deleted when the row moved to the deleted endpoints, which has no row before', () => {
    expect(types(undefined, row({ deletedAt: NOON + 1 }))).toEqual(['endpoint.deleted']);
  });

  it('are none after it was deleted', () => {
    expect(types(row({ deletedAt: NOON }), row({ deletedAt: NOON, metadata: { a: 'b' } }))).toEqual([]);
  });

  it('are disabled with failing since when the system disabled it', () => {
    const off = row({ disabled: true, failSince: NOON - 1000, updatedAt: NOON + 1 });
    expect(eventsOfEndpoint(row({ uid: 'mine' }), off)).toMatchObject([
      { type: 'endpoint.disabled', endpointUid: 'mine', failSince: NOON - 1000 },
    ]);
  });

  it('are none when only its secrets were encrypted with another key, which leaves updatedAt as it was', () => {
    const sealed = new Uint8Array([1, 2, 3]);
    const secret = { sealed, expiresAt: null };
    expect(types(row(), row({ secret, rev: 2n }))).toEqual([]);
    expect(types(row(), row({ secret, rev: 2n, updatedAt: NOON + 1 }))).toEqual(['endpoint.updated']);
  });

  it('are none when only its headers changed, and updated when its secret or another field did too', () => {
    const headers = { 'X-Key': 'new' };
    const rotated = { secret: { sealed: Uint8Array.of(9), expiresAt: null } };
    expect(types(row(), row({ headers, rev: 2n, updatedAt: NOON + 1 }))).toEqual([]);
    expect(types(row(), row({ ...rotated, rev: 2n, updatedAt: NOON + 1 }))).toEqual(['endpoint.updated']);
    expect(types(row(), row({ headers, url: 'https://receiver.example/b', rev: 2n }))).toEqual([
      'endpoint.updated',
    ]);
  });

  it('are updated when its owner disabled or enabled it', () => {
    expect(types(row(), row({ disabled: true }))).toEqual(['endpoint.updated']);
    expect(types(row({ disabled: true, failSince: NOON }), row())).toEqual(['endpoint.updated']);
  });

  it('are none where only the row changed, because it got an expiry', () => {
    expect(types(row(), row())).toEqual([]);
  });

  it('have a repeatable id that changes with the revision', () => {
    const id = (rev: bigint) => eventsOfEndpoint(row(), row({ rev }))[0]?.id;
    expect(id(2n)).toBe(id(2n));
    expect(id(2n)).not.toBe(id(3n));
  });
});
