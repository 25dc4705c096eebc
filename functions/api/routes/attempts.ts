import * as z from 'zod';
import { name } from '../../platform/wire/fields.ts';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { attemptId } from '../../platform/ids/brand.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import { isId } from '../../platform/ids/ids.domain.ts';
import type { AttemptQuery } from '../../read-models/attempts.port.ts';
import type { Page } from '../../platform/pages/page.ts';
import type { Deps } from '../deps.ts';
import type { Caller } from '../authentication/auth.ts';
import { detailsOfOne, readDetails } from '../attempt-details.ts';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { applicationOperation, tagged } from '../operation.ts';
import {
  causeQuery,
  listSchema,
  pageQuery,
  printPage,
  shortened,
  timeDirection,
  timeQuery,
} from '../wire/pagination.ts';
import { STATUS, messageAttemptOut, printAttempt } from '../schemas/attempt.ts';
import type { Message } from '../../messages/message.domain.ts';
import { oneOf } from '../wire/one-of.ts';
import { contentBytes, contents, mustFindMessage } from './messages.ts';
import { memoize } from '../memoize.ts';
import type { QueryOf } from '../wire/query.ts';
import type { IdPrefix } from '../../platform/ids/ids.domain.ts';

/** A filter by status. A status that a list can never contain gives an empty page. */
const statusFilter = (description: string) => oneOf(Object.values(STATUS), description).optional();

const statusCodeClass = () =>
  oneOf([0, 100, 200, 300, 400, 500], 'The hundreds of the response status code').optional();

/** The range of a class; null: every code. */
export const statusCodesOf = (from: number | null | undefined) =>
  from == null ? null : { from, to: from + 99 };

/** The filter of lists at an endpoint by message. One that does not exist has no attempts. */
export const messageQuery = () =>
  name('evt_1srOrx2ZWZBpBUvZwXKQmoEYga2')
    .optional()
    .meta({ description: 'Only attempts of this message, by id or eventId' });

const withDetails = () =>
  z.boolean().default(false).meta({
    description: 'Each attempt with its cause, request, response headers and what followed, in `details`',
  });

/** The query of lists that are filtered by how attempts ended. `statuses`: what each status finds. */
export const outcomeQuery = (prefix: IdPrefix, statuses: string) => ({
  ...pageQuery(prefix),
  ...timeQuery(),
  status: statusFilter(statuses),
  expanded_statuses: expandedStatuses(),
  status_code_class: statusCodeClass(),
  cause: causeQuery(),
});

const attemptQuery = () => ({
  ...outcomeQuery('atmpt_', '0 success, 2 fail, 4 canceled; the others find nothing'),
  with_details: withDetails(),
});

const byEndpoint = () => ({
  ...attemptQuery(),
  msg_id: messageQuery(),
  with_msg: z.boolean().default(false).meta({ description: 'Each attempt with its message, in `msg`' }),
});
const byMessage = () => ({
  ...attemptQuery(),
  endpoint_id: name('ep_1srOrx2ZWZBpBUvZwXKQmoEYga2').optional(),
});
type Query = Omit<QueryOf<typeof byMessage>, 'endpoint_id'> & { readonly with_msg?: boolean };

/** The parameter of clients that know canceled deliveries; all other clients see those as failed. */
const expandedStatuses = () =>
  z
    .boolean()
    .default(false)
    .meta({ description: 'Prints status 4 and `canceled` where nothing was sent; otherwise 2 and `fail`' });

/** Whether the client knows canceled deliveries: it says so, or filters by them. */
export const isExpanded = (query: {
  readonly expanded_statuses: boolean;
  readonly status?: number | undefined;
}): boolean => query.expanded_statuses || query.status === STATUS.canceled;

/**
 * The outcomes that are printed as the status; null: all. Pending attempts are not recorded, so they are never found.
 */
const outcomesOf = (query: Query): AttemptQuery['outcomes'] => {
  switch (query.status) {
    case undefined:
      return null;
    case STATUS.success:
      return ['succeeded'];
    case STATUS.fail:
      return isExpanded(query) ? ['failed'] : ['failed', 'canceled'];
    case STATUS.canceled:
      return ['canceled'];
    default:
      return [];
  }
};

const portQuery = (query: Query, outcomes: AttemptQuery['outcomes']): AttemptQuery => {
  return {
    limit: query.limit,
    cursor: query.iterator,
    before: query.before,
    after: query.after,
    channel: query.channel,
    tag: query.tag,
    eventTypes: query.event_types,
    withContent: query.with_content,
    outcomes,
    statusCodes: statusCodesOf(query.status_code_class),
    causes: query.cause,
  };
};

interface Asked {
  readonly deps: Deps;
  readonly application: Application;
  readonly caller: Caller;
  readonly query: Query;
  readonly nowMs: number;
  /** The message of all attempts, where they have the same. */
  readonly message?: Message;
}

/** The messages of attempts, if the query asks for something of them. Messages that no longer exist are left out. */
const messagesOf = async (
  { deps, application, query, message }: Asked,
  attempts: readonly Attempt[],
): Promise<readonly Message[]> => {
  if (query.with_msg !== true && !query.with_details) return [];
  if (message !== undefined) return [message];
  const ids = [...new Set(attempts.map(({ messageId }) => messageId))];
  return deps.messages.findMany(application.orgId, application.id, ids);
};

const printMessages = async ({ deps, query, nowMs }: Asked, messages: readonly Message[]) => {
  const printed = await contents(deps, query.with_msg === true ? messages : [], query.with_content, nowMs);
  return new Map<string, (typeof printed)[number]['json']>(printed.map(({ id, json }) => [id, json]));
};

const byId = (messages: readonly Message[]) =>
  new Map<string, Message>(messages.map((message) => [message.id, message]));

/** Shortens a page to the attempts whose messages fit into one response, so that other payloads are not read. */
const withinBytes = (
  { query, nowMs }: Asked,
  page: Page<Attempt>,
  messages: ReadonlyMap<string, Message>,
): Page<Attempt> => {
  if (query.with_msg !== true || !query.with_content) return page;
  return shortened(page, timeDirection(query), ({ messageId }) => {
    const message = messages.get(messageId);
    return message === undefined ? 0 : contentBytes(message, nowMs);
  });
};

const pageReply = async (
  asked: Asked,
  read: (query: AttemptQuery) => Promise<Page<Attempt>>,
): Promise<Reply> => {
  const { query } = asked;
  const outcomes = outcomesOf(query);
  const found = outcomes?.length === 0 ? { items: [], done: true } : await read(portQuery(query, outcomes));
  const messages = byId(await messagesOf(asked, found.items));
  const page = withinBytes(asked, found, messages);
  const shown = new Set(page.items.flatMap(({ messageId }) => messages.get(messageId) ?? []));
  const printed = await printMessages(asked, [...shown]);
  const details = query.with_details
    ? await readDetails(asked, page.items, messages, query.with_content)
    : undefined;
  const print = { withContent: query.with_content, expanded: isExpanded(query) };
  const items = page.items.map((item) => ({
    id: item.id,
    json: printAttempt(item, print, printed.get(item.messageId), details?.(item)),
  }));
  return { status: 200, body: printPage(page, items, timeDirection(query)) };
};

const responses = memoize(() => ({
  200: listSchema(messageAttemptOut(), 'ListResponse_MessageAttemptOut_'),
}));

/** The attempts of one message, from the log instead of the endpoint's whole list. */
const ofMessageAtEndpoint = async (asked: Asked, idOrEventId: string, endpoint: EndpointId) => {
  const { deps, application, nowMs } = asked;
  const message = await deps.messages.find(application.orgId, application.id, idOrEventId);
  if (message === undefined) return pageReply(asked, () => Promise.resolve({ items: [], done: true }));
  const { orgId, appId, id } = message;
  return pageReply({ ...asked, message }, (query) =>
    deps.attempts.listByMessage(orgId, appId, id, endpoint, query, nowMs),
  );
};

const listByEndpoint = applicationOperation({
  operationId: 'v1.message-attempt.list-by-endpoint',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}',
  summary: 'List the attempts at an endpoint, newest first',
  query: byEndpoint,
  responses,
  handle: async ({ deps, application, caller, param, query, nowMs }) => {
    const asked = { deps, application, caller, query, nowMs };
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    if (query.msg_id !== undefined) return ofMessageAtEndpoint(asked, query.msg_id, id);
    return pageReply(asked, (attemptQuery) =>
      deps.attempts.listByEndpoint(orgId, appId, id, attemptQuery, nowMs),
    );
  },
});

interface OfMessage extends Omit<Asked, 'message'> {
  readonly idOrEventId: string;
  /** Id or uid; undefined: all endpoints. */
  readonly endpoint: string | undefined;
}

const messageReply = async ({ idOrEventId, endpoint: named, ...asked }: OfMessage): Promise<Reply> => {
  const { deps, application, nowMs } = asked;
  const message = await mustFindMessage(deps, application, idOrEventId);
  const { orgId, appId, id } = message;
  const endpoint = named === undefined ? undefined : await mustFindEndpoint(deps, application, named);
  return pageReply({ ...asked, message }, (messageQuery) =>
    deps.attempts.listByMessage(orgId, appId, id, endpoint?.id ?? null, messageQuery, nowMs),
  );
};

interface ListPlace {
  readonly operationId: string;
  readonly path: `${string}/{msg_id}${'' | '/attempt'}`;
  readonly hidden?: true;
}

/** The list of a message's attempts, which has two paths. */
const listOfMessage = (place: ListPlace) =>
  applicationOperation({
    ...place,
    needs: 'ViewBase',
    method: 'GET',
    summary: 'List the attempts for a message, newest first',
    query: byMessage,
    responses,
    handle: ({ deps, application, caller, param, query, nowMs }) =>
      messageReply({
        ...{ deps, application, caller, query, nowMs },
        idOrEventId: param('msg_id'),
        endpoint: query.endpoint_id,
      }),
  });

const listByMessage = listOfMessage({
  operationId: 'v1.message-attempt.list-by-msg',
  path: '/api/v1/app/{app_id}/attempt/msg/{msg_id}',
});

/** `list-by-msg` as old clients call it. */
const listByMessageOld = listOfMessage({
  operationId: 'v1.message-attempt.list-by-msg-deprecated',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/attempt',
  hidden: true,
});

/** The list of a message's attempts at one endpoint, as old clients call it. */
const listByMessageAndEndpointOld = applicationOperation({
  operationId: 'v1.message-attempt.list-by-endpoint-deprecated',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/attempt',
  hidden: true,
  summary: 'List the attempts for a message at an endpoint, newest first',
  query: byEndpoint,
  responses,
  handle: ({ deps, application, caller, param, query, nowMs }) =>
    messageReply({
      ...{ deps, application, caller, query, nowMs },
      idOrEventId: param('msg_id'),
      endpoint: param('endpoint_id'),
    }),
});

const get = applicationOperation({
  operationId: 'v1.message-attempt.get',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}',
  summary: 'Get an attempt',
  query: () => ({ expanded_statuses: expandedStatuses(), with_details: withDetails() }),
  responses: () => ({ 200: messageAttemptOut() }),
  handle: async ({ deps, application, caller, param, query, nowMs }) => {
    const message = await mustFindMessage(deps, application, param('msg_id'));
    const { orgId, appId, id } = message;
    const attempt = param('attempt_id');
    const found = isId('atmpt_', attempt)
      ? await deps.attempts.find(orgId, appId, id, attemptId(attempt))
      : undefined;
    if (found === undefined) throw new Refusal('not_found');
    const print = { withContent: true, expanded: query.expanded_statuses };
    if (!query.with_details) return { status: 200, body: printAttempt(found, print) };
    const details = await detailsOfOne({ deps, application, caller, nowMs }, found, message);
    return { status: 200, body: printAttempt(found, print, undefined, details) };
  },
});

export const attemptOperations = tagged('Message Attempt', [
  listByEndpoint,
  listByMessage,
  listByMessageOld,
  listByMessageAndEndpointOld,
  get,
]);
