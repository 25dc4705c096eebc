import { mustBeEnabled, mustFindEndpoint } from '../endpoint-rules.ts';
import { idempotencyDigest, replayedHeaders, requestDigest } from '../idempotency.ts';
import { WITHHELD } from '../wire/json.ts';
import { notPublished } from './messages.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { exampleFields, examplePayload } from '../event-example.ts';
import { messageOut, printMessage } from '../schemas/message.ts';
import { component } from '../wire/component.ts';

const eventExampleIn = component('EventExampleIn', exampleFields);

/**
 * The publish of a send-example request has its own idempotency key, derived from the request's, so that a repeat
 * publishes once.
 */
const claimOf = (digest: string | null): string | null => (digest === null ? null : `${digest}.example`);

const sendExample = applicationOperation({
  operationId: 'v1.endpoint.send-example',
  needs: 'CreateAttempts',
  // As in the contract, a portal's token is refused unless its maker allowed it by name.
  named: true,
  method: 'POST',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/send-example',
  summary: 'Send an example of an event type to one endpoint',
  body: eventExampleIn,
  responses: () => ({ 200: messageOut() }),
  handle: async ({ deps, call, caller, application, param, body }) => {
    const { orgId } = application;
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    mustBeEnabled(endpoint);
    const payload = await examplePayload(deps, caller, body);
    const outcome = await deps.publish({
      orgId,
      application: application.id,
      implicit: null,
      eventType: body.eventType,
      eventId: null,
      channels: null,
      tags: null,
      contentType: null,
      body: Buffer.from(payload),
      retentionHours: null,
      deliverAt: null,
      onlyEndpoint: endpoint.id,
      idempotency: claimOf(idempotencyDigest(call)),
      requestDigest: await requestDigest(call),
      token: null,
    });
    switch (outcome.kind) {
      case 'accepted':
        return {
          status: 200,
          body: printMessage(outcome.message, WITHHELD),
          headers: outcome.replayed === undefined ? {} : replayedHeaders(outcome.replayed),
        };
      case 'limited':
      case 'schema-violation':
      case 'application-not-found':
      case 'conflict':
      case 'token-revoked':
        throw notPublished(outcome, undefined);
    }
  },
});

export const sendExampleOperations = tagged('Endpoint', [sendExample]);
