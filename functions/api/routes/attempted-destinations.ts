import { applicationOperation, tagged } from '../operation.ts';
import { listSchema, pageQuery, pageReply } from '../wire/pagination.ts';
import { messageEndpointOut, printMessageEndpoint } from '../schemas/attempted.ts';
import { mustFindMessage } from './messages.ts';

const list = applicationOperation({
  operationId: 'v1.message-attempt.list-attempted-destinations',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/endpoint',
  summary: 'List the endpoints that a message was sent to, deleted ones too, each with its latest attempt',
  query: () => pageQuery('ep_'),
  responses: () => ({ 200: listSchema(messageEndpointOut(), 'ListResponse_MessageEndpointOut_') }),
  handle: async ({ deps, application, param, query: { limit, iterator: cursor } }) => {
    const { orgId, appId, id } = await mustFindMessage(deps, application, param('msg_id'));
    const page = await deps.deliveryStatus.destinations(orgId, appId, id, { limit, cursor });
    const ids = page.items.map(({ endpointId }) => endpointId);
    const found = await deps.endpoints.findMany(orgId, appId, ids);
    const endpoints = new Map(found.map((endpoint) => [endpoint.id, endpoint]));
    return pageReply(page, cursor, (state) => {
      const endpoint = endpoints.get(state.endpointId);
      return endpoint && { id: endpoint.id, json: printMessageEndpoint(endpoint, state) };
    });
  },
});

export const attemptedDestinationOperations = tagged('Message Attempt', [list]);
