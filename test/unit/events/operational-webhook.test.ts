import { describe, expect, it } from 'vitest';
import type { OperationalEvent } from '../../../functions/events/domain-event.domain.ts';
import { derivedMessageId, idTime, isId } from '../../../functions/platform/ids/ids.domain.ts';
import { operationalEventTypes } from '../../../functions/events/operational-webhooks/event-types.flow.ts';
import { operationalBody } from '../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { APP, ENDPOINT, MESSAGE, NOON, ORG } from '../../support/simulation/builders.ts';

const common = { id: 'f1', orgId: ORG, appId: APP, appUid: 'acme', endpointId: ENDPOINT, at: NOON };
const lastAttempt = { id: 'atmpt_1', responseStatusCode: 503, timestamp: NOON, cause: 'status_5xx' } as const;
const events: readonly OperationalEvent[] = [
  { ...common, type: 'endpoint.created', endpointUid: 'mine' },
  { ...common, type: 'endpoint.updated', appUid: null, endpointUid: null },
  { ...common, type: 'endpoint.deleted', endpointUid: 'mine' },
  { ...common, type: 'endpoint.disabled', endpointUid: 'mine', failSince: NOON - 1000, reason: 'failing' },
  { ...common, type: 'message.attempt.failing', msgId: MESSAGE, msgEventId: null, lastAttempt },
  { ...common, type: 'message.attempt.exhausted', msgId: MESSAGE, msgEventId: 'e-1', lastAttempt },
  { ...common, type: 'message.attempt.recovered', msgId: MESSAGE, msgEventId: null, lastAttempt },
];
const printed = (type: string) => operationalBody(events.find((domainEvent) => domainEvent.type === type)!);

describe('operational webhook body', () => {
  it('has type and data, and names the endpoint and its application', () => {
    expect(printed('endpoint.created')).toBe(
      `{"type":"endpoint.created","data":{"appId":"${APP}","appUid":"acme","endpointId":"${ENDPOINT}","endpointUid":"mine"}}`,
    );
  });

  it('prints absent uids as null', () => {
    expect(printed('endpoint.updated')).toContain('"appUid":null');
    expect(printed('endpoint.updated')).toContain('"endpointUid":null');
    expect(printed('message.attempt.failing')).toContain('"msgEventId":null');
  });

  it('says since when a disabled endpoint failed', () => {
    expect(JSON.parse(printed('endpoint.disabled')).data).toEqual({
      ...{ appId: APP, appUid: 'acme', endpointId: ENDPOINT, endpointUid: 'mine' },
      failSince: '2026-11-23T11:59:59.000Z',
      reason: 'failing',
    });
  });

  it('names the message and its last attempt, but no organization', () => {
    expect(JSON.parse(printed('message.attempt.exhausted')).data).toEqual({
      ...{ appId: APP, appUid: 'acme', msgId: MESSAGE, msgEventId: 'e-1', endpointId: ENDPOINT },
      lastAttempt: {
        id: 'atmpt_1',
        responseStatusCode: 503,
        timestamp: '2026-11-23T12:00:00.000Z',
        cause: 'status_5xx',
      },
    });
  });

  it('exists for each of the seven seeded event types', () => {
    expect(
      operationalEventTypes()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(events.map(({ type }) => type).toSorted());
  });
});

describe('message id derived from a domain event', () => {
  const digest = (fill: number) => new Uint8Array(32).fill(fill);

  it('has the time of the event and is the same each time', () => {
    const id = derivedMessageId(NOON, digest(200));
    expect(isId('msg_', id)).toBe(true);
    expect(idTime(id)).toBe(NOON);
    expect(derivedMessageId(NOON, digest(200))).toBe(id);
    expect(derivedMessageId(NOON, digest(201))).not.toBe(id);
  });

  it('keeps the order of milliseconds within a tick for any digest', () => {
    const ids = [0, 1, 2, 3].map((ms) => derivedMessageId(NOON + ms, digest(255 - 80 * ms)));
    expect(ids.toSorted()).toEqual(ids);
  });
});
