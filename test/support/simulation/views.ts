import { outcomeOfAttempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { AttemptQuery, AttemptReader } from '../../../functions/read-models/attempts.port.ts';
import type { Views } from '../../../functions/read-models/project.flow.ts';
import {
  endpointMessageOf,
  hasProgress,
  mergeEndpointMessages,
} from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { DeliveryStatusReader } from '../../../functions/read-models/delivery-status.port.ts';
import { idPage } from '../memory/id-page.ts';
import { isPromptSuccess } from '../../../functions/read-models/messages-by-endpoint/prompt-success.domain.ts';
import type { EndpointMessage } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { MemoryLog } from './attempt-log.ts';
import { timePage } from './time-page.ts';

export interface MemoryViews extends Views {
  readonly endpointAttempts: () => readonly Attempt[];
  readonly endpointMessages: () => readonly EndpointMessage[];
}

/** The sentence of a canceled delivery is kept, because it is a text derived from its reason, not a response body. */
const withoutBody = ({ responseHeaders: _headers, phases: _phases, ...attempt }: Attempt): Attempt =>
  attempt.decision.kind === 'canceled' ? attempt : { ...attempt, response: '' };

/** Merges a state into the one of the same message and endpoint. */
const mergeInto = (rows: Map<string, EndpointMessage>, row: EndpointMessage): void => {
  const key = [row.orgId, row.appId, row.endpointId, row.messageId].join('/');
  const known = rows.get(key);
  rows.set(key, known === undefined ? row : mergeEndpointMessages(known, row));
};

/** The read models: attempts without bodies, and each message's latest state at each endpoint. */
export const makeMemoryViews = (): MemoryViews => {
  const attempts = new Map<string, Attempt>();
  const rows = new Map<string, EndpointMessage>();
  return {
    putEndpointAttempts: async (some) => {
      for (const attempt of some) attempts.set(attempt.id, withoutBody(attempt));
    },
    mergeEndpointMessages: async (some) => {
      for (const row of some) mergeInto(rows, row);
    },
    endpointAttempts: () => [...attempts.values()],
    endpointMessages: () => {
      const all = new Map(rows);
      for (const one of attempts.values()) if (isPromptSuccess(one)) mergeInto(all, endpointMessageOf(one));
      return [...all.values()];
    },
  };
};

const accepts = (attempt: Attempt, query: AttemptQuery) =>
  (query.outcomes === null || query.outcomes.includes(outcomeOfAttempt(attempt))) &&
  (query.statusCodes === null ||
    (query.statusCodes.from <= attempt.responseStatusCode &&
      attempt.responseStatusCode <= query.statusCodes.to)) &&
  (query.causes === null || (attempt.cause !== null && query.causes.includes(attempt.cause))) &&
  (query.channel === null || (attempt.channels?.includes(query.channel) ?? false)) &&
  (query.tag === null || (attempt.tags?.includes(query.tag) ?? false)) &&
  (query.eventTypes === null || query.eventTypes.includes(attempt.eventType));

/** Lists of attempts: by endpoint from the views, by message from the log. */
export const makeMemoryAttempts = (views: MemoryViews, log: MemoryLog): AttemptReader => ({
  listByEndpoint: async (orgId, appId, endpointId, query, nowMs) => {
    const of = (one: Attempt) => one.orgId === orgId && one.appId === appId && one.endpointId === endpointId;
    const page = timePage(
      'atmpt_',
      views.endpointAttempts(),
      query,
      nowMs,
      (one) => of(one) && accepts(one, query),
    );
    if (!query.withContent) return page;
    return { ...page, items: page.items.map((one) => log.all().find(({ id }) => id === one.id) ?? one) };
  },
  listByMessage: async (orgId, appId, messageId, endpointId, query, nowMs) => {
    const of = (one: Attempt) =>
      one.orgId === orgId &&
      one.appId === appId &&
      one.messageId === messageId &&
      (endpointId === null || one.endpointId === endpointId);
    return timePage('atmpt_', log.all(), query, nowMs, (one) => of(one) && accepts(one, query));
  },
  find: async (orgId, appId, messageId, id) =>
    log
      .all()
      .find(
        (one) => one.orgId === orgId && one.appId === appId && one.messageId === messageId && one.id === id,
      ),
});

/** The delivery status: messages of an endpoint from the views, destinations of a message from the log. */
export const makeMemoryDeliveryStatus = (views: MemoryViews, log: MemoryLog): DeliveryStatusReader => ({
  messages: async (orgId, appId, endpointId, query, nowMs) => {
    const { progress, channel, tag, eventTypes, messageId, causes, statusCodes } = query;
    const own = views
      .endpointMessages()
      .filter(
        (row) =>
          row.orgId === orgId &&
          row.appId === appId &&
          row.endpointId === endpointId &&
          (messageId === null || row.messageId === messageId) &&
          (causes === null || (row.lastCause !== null && causes.includes(row.lastCause))) &&
          (statusCodes === null ||
            (statusCodes.from <= row.lastStatusCode && row.lastStatusCode <= statusCodes.to)) &&
          (progress === null || hasProgress(row, progress, nowMs)) &&
          (channel === null || (row.channels?.includes(channel) ?? false)) &&
          (tag === null || (row.tags?.includes(tag) ?? false)) &&
          (eventTypes === null || eventTypes.includes(row.eventType)),
      );
    const rows = new Map(own.map((row) => [row.messageId, row]));
    const ids = own.map(({ messageId }) => ({ id: messageId }));
    const page = timePage('msg_', ids, query, nowMs);
    return { ...page, items: page.items.flatMap(({ id }) => rows.get(id) ?? []) };
  },
  destinations: async (orgId, appId, messageId, page) => {
    const latest = new Map<EndpointId, EndpointMessage>();
    for (const attempt of log.all()) {
      if (attempt.orgId !== orgId || attempt.appId !== appId || attempt.messageId !== messageId) continue;
      const state = endpointMessageOf(attempt);
      const known = latest.get(state.endpointId);
      latest.set(state.endpointId, known === undefined ? state : mergeEndpointMessages(known, state));
    }
    return idPage([...latest.values()], ({ endpointId }) => endpointId, { ...page, order: 'ascending' });
  },
});
