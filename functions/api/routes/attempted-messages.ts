import type { EndpointMessageQuery } from '../../read-models/delivery-status.port.ts';
import type { EndpointMessage } from '../../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import type { Page } from '../../platform/pages/page.ts';
import type { Deps } from '../deps.ts';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { WITHHELD, storedPayload } from '../wire/json.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { listSchema, printPage, shortened, timeDirection } from '../wire/pagination.ts';
import { PROGRESS } from '../schemas/attempt.ts';
import { endpointMessageOut, printEndpointMessage } from '../schemas/attempted.ts';
import { isExpanded, messageQuery, outcomeQuery, statusCodesOf } from './attempts.ts';
import { contentBytes } from './messages.ts';
import type { QueryOf } from '../wire/query.ts';

const query = () => ({
  ...outcomeQuery('msg_', '0 success, 2 fail, 3 sending, 4 canceled; the others find nothing'),
  msg_id: messageQuery(),
});
type Query = QueryOf<typeof query>;

/** The query of the port; undefined: no message can have that status. */
const portQuery = (asked: Query): Omit<EndpointMessageQuery, 'messageId'> | undefined => {
  const named = asked.status === undefined ? null : PROGRESS.get(asked.status);
  const progress = named === 'unsuccessful' && isExpanded(asked) ? 'failed' : named;
  if (progress === undefined) return undefined;
  const { limit, iterator: cursor, before, after, channel, tag, event_types: eventTypes } = asked;
  const statusCodes = statusCodesOf(asked.status_code_class);
  const { cause: causes } = asked;
  return { limit, cursor, before, after, channel, tag, eventTypes, progress, statusCodes, causes };
};

/** The messages of the states, by id. */
const messagesOf = async (deps: Deps, states: readonly EndpointMessage[]) => {
  const [first] = states;
  if (first === undefined) return new Map<string, Message>();
  const ids = states.map(({ messageId }) => messageId);
  const found = await deps.messages.findMany(first.orgId, first.appId, ids);
  return new Map(found.map((message): [string, Message] => [message.id, message]));
};

/** Prints states with their messages and payloads, as many as fit into a response. */
const printAll = async (deps: Deps, found: Page<EndpointMessage>, asked: Query, nowMs: number) => {
  const messages = await messagesOf(deps, found.items);
  const direction = timeDirection(asked);
  const page = shortened(found, direction, ({ messageId }) => {
    const message = messages.get(messageId);
    return message === undefined || !asked.with_content ? 0 : contentBytes(message, nowMs);
  });
  const shown = page.items.flatMap(({ messageId }) => messages.get(messageId) ?? []);
  const bodies = asked.with_content ? await deps.messages.bodies(shown, nowMs) : [];
  const bodyOf = new Map(
    shown.map(({ id }, index): [string, Uint8Array | null] => [id, bodies[index] ?? null]),
  );
  const expanded = isExpanded(asked);
  const items = page.items.map((state) => {
    const content = asked.with_content ? storedPayload(bodyOf.get(state.messageId) ?? null) : WITHHELD;
    return {
      id: state.messageId,
      json: printEndpointMessage(state, messages.get(state.messageId), { content, expanded }),
    };
  });
  return printPage(page, items, direction);
};

const list = applicationOperation({
  operationId: 'v1.message-attempt.list-attempted-messages',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/msg',
  summary: 'List the messages that an endpoint was sent, each with its latest state, newest first',
  query,
  responses: () => ({ 200: listSchema(endpointMessageOut(), 'ListResponse_EndpointMessageOut_') }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const found = portQuery(asked);
    const { msg_id: named } = asked;
    const message = named === undefined ? null : await deps.messages.find(orgId, appId, named);
    const page =
      found === undefined || message === undefined
        ? { items: [], done: true }
        : await deps.deliveryStatus.messages(
            ...([orgId, appId, id] as const),
            { ...found, messageId: message?.id ?? null },
            nowMs,
          );
    return { status: 200, body: await printAll(deps, page, asked, nowMs) };
  },
});

export const attemptedMessageOperations = tagged('Message Attempt', [list]);
