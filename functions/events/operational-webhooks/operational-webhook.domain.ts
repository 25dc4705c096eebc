import { orgId } from '../../platform/ids/brand.domain.ts';
import type { DomainEvent, OperationalEvent } from '../domain-event.domain.ts';

/** Operational webhooks: events about an organization's endpoints and messages, sent as messages themselves. */

/** The organization whose applications (uid: the customer's organization id) receive operational webhooks. */
export const MANAGEMENT_ORGANIZATION = orgId('org_00000000000SvixManagement00');

/** The event types of operational webhooks. */
export const OPERATIONAL_DESCRIPTIONS: Readonly<Record<OperationalEvent['type'], string>> = {
  'endpoint.created': 'An endpoint was created.',
  'endpoint.updated': 'An endpoint was changed, or its secret was rotated.',
  'endpoint.deleted': 'An endpoint was deleted.',
  'endpoint.disabled':
    'An endpoint was disabled: it had failed for too long, answered 410 Gone or asked for it.',
  'message.attempt.exhausted': 'A message reached the end of its retries without success.',
  'message.attempt.failing': 'A message failed four times at an endpoint and will be tried again.',
  'message.attempt.recovered': 'A message that had failed at least four times at an endpoint succeeded.',
};

const iso = (atMs: number) => new Date(atMs).toISOString();

/** The fields of each type in the contract's order, followed by our own `reason` and `lastAttempt.cause`. */
const dataOf = (domainEvent: OperationalEvent) => {
  const { appId, appUid, endpointId } = domainEvent;
  switch (domainEvent.type) {
    case 'endpoint.created':
    case 'endpoint.updated':
    case 'endpoint.deleted':
      return { appId, appUid, endpointId, endpointUid: domainEvent.endpointUid };
    case 'endpoint.disabled': {
      const failSince = domainEvent.failSince === null ? null : iso(domainEvent.failSince);
      const { endpointUid, reason } = domainEvent;
      return { appId, appUid, endpointId, endpointUid, failSince, reason };
    }
    case 'message.attempt.exhausted':
    case 'message.attempt.failing':
    case 'message.attempt.recovered': {
      const lastAttempt = { ...domainEvent.lastAttempt, timestamp: iso(domainEvent.lastAttempt.timestamp) };
      return {
        appId,
        appUid,
        msgId: domainEvent.msgId,
        msgEventId: domainEvent.msgEventId,
        endpointId,
        lastAttempt,
      };
    }
  }
};

/** The JSON payload of the operational webhook of an event. */
export const operationalBody = (domainEvent: OperationalEvent): string =>
  JSON.stringify({ type: domainEvent.type, data: dataOf(domainEvent) });

/** The subject whose events are stored in order: one message at one endpoint, or an endpoint. */
export const subjectOf = (domainEvent: DomainEvent): string =>
  'msgId' in domainEvent ? `${domainEvent.endpointId}#${domainEvent.msgId}` : domainEvent.endpointId;
