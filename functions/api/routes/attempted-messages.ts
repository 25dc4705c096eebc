import * as z from 'zod';
import type { EndpointMessageQuery } from '../../read-models/delivery-status.port.ts';
import type {
  EndpointMessage,
  Progress,
} from '../../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { Deps } from '../deps.ts';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { WITHHELD, storedPayload } from '../wire/json.ts';
import { applicationOperation, noBody } from '../operation.ts';
import { listSchema, pageQuery, printPage, timeDirection, timeQuery } from '../wire/pagination.ts';
import { STATUS } from '../schemas/attempt.ts';
import { endpointMessageOut, printEndpointMessage } from '../schemas/attempted.ts';
import { expandedStatuses, isExpanded, statusFilter } from './attempts.ts';
import { lazily } from '../lazily.ts';

const query = lazily(() =>
  z.object({
    ...pageQuery('msg_'),
    ...timeQuery(),
    status: statusFilter('0 success, 2 fail, 3 sending, 4 canceled; the others find nothing'),
    expanded_statuses: expandedStatuses(),
  }),
);
type Query = z.output<ReturnType<typeof query>>;

const PROGRESS = new Map<number | undefined, Progress | null>([
  [undefined, null],
  [STATUS.success, 'succeeded'],
  [STATUS.fail, 'unsuccessful'],
  [STATUS.sending, 'sending'],
  [STATUS.canceled, 'canceled'],
]);

/** undefined: no message ever has that status. */
const portQuery = (asked: Query): EndpointMessageQuery | undefined => {
  const named = PROGRESS.get(asked.status);
  const progress = named === 'unsuccessful' && isExpanded(asked) ? 'failed' : named;
  if (progress === undefined) return undefined;
  const { limit, iterator: cursor, before, after, channel, tag, event_types: eventTypes } = asked;
  return { limit, cursor, before, after, channel, tag, eventTypes, progress };
};

/** Each state with its message; payloads where they are wanted. */
const printAll = async (
  deps: Deps,
  states: readonly EndpointMessage[],
  { with_content: withContent, ...asked }: Query,
  nowMs: number,
) => {
  const [first] = states;
  if (first === undefined) return [];
  const found = await deps.messages.findMany(
    first.orgId,
    first.appId,
    states.map(({ messageId }) => messageId),
  );
  const bodies = withContent ? await deps.messages.bodies(found, nowMs) : [];
  const byId = new Map(found.map((message, index) => [message.id, { message, body: bodies[index] ?? null }]));
  return states.map((state) => {
    const { message, body } = byId.get(state.messageId) ?? { message: undefined, body: null };
    const content = withContent ? storedPayload(body) : WITHHELD;
    const print = { content, expanded: isExpanded(asked) };
    return { id: state.messageId, json: printEndpointMessage(state, message, print) };
  });
};

const list = applicationOperation({
  operationId: 'v1.message-attempt.list-attempted-messages',
  method: 'GET',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/msg',
  tag: 'Message Attempt',
  summary: 'List the messages that an endpoint was sent, each with its latest state, newest first',
  query,
  body: noBody,
  responses: () => ({ 200: listSchema(endpointMessageOut(), 'ListResponse_EndpointMessageOut_') }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const wanted = portQuery(asked);
    const page =
      wanted === undefined
        ? { items: [], done: true }
        : await deps.attempted.messages(orgId, appId, id, wanted, nowMs);
    const items = await printAll(deps, page.items, asked, nowMs);
    return { status: 200, body: printPage(page, items, timeDirection(asked)) };
  },
});

export const attemptedMessageOperations = [list];
