import * as z from 'zod';
import { PATH_NAME_BYTES } from '../../platform/limits/requests.domain.ts';
import type { Caller } from '../authentication/auth.ts';
import type { Deps } from '../deps.ts';
import { mustBeEnabled, mustFindEndpoint } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import { idempotencyDigest, replayedHeaders, requestDigest } from '../idempotency.ts';
import { WITHHELD } from '../wire/json.ts';
import { isVisible } from './event-types.ts';
import { notPublished } from './messages.ts';
import { memoize } from '../memoize.ts';
import { applicationOperation, noQuery } from '../operation.ts';
import { schemaExample } from '../wire/schema-example.ts';
import { messageOut, payload, printMessage } from '../schemas/message.ts';

const PING = { name: 'svix.ping', payload: '{"success": true}' };

const eventExampleIn = memoize(() =>
  z
    .object({
      eventType: z
        .string()
        .max(PATH_NAME_BYTES)
        .meta({ examples: ['user.signup'] }),
      exampleIndex: z
        .int()
        .min(0)
        .nullish()
        .meta({ description: 'Index of the example in version 1 of the schema; the first one if omitted' }),
      payload: payload().nullish().meta({ description: 'Sent instead of an example of the schema' }),
    })
    .meta({ id: 'EventExampleIn' }),
);

const payloadOf = async (deps: Deps, caller: Caller, body: z.output<ReturnType<typeof eventExampleIn>>) => {
  if (body.eventType === PING.name) return body.payload?.text ?? PING.payload;
  const eventType = await deps.eventTypes.find(caller.orgId, body.eventType);
  if (eventType === undefined || !isVisible(caller, eventType)) throw new Refusal('not_found');
  if (body.payload != null) return body.payload.text;
  const example = schemaExample(eventType.schemas ?? '{}', body.exampleIndex ?? 0);
  if (example === undefined) throw new Refusal('invalid_scheme');
  return example;
};

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
  tag: 'Endpoint',
  summary: 'Send an example of an event type to one endpoint',
  query: noQuery,
  body: eventExampleIn,
  responses: () => ({ 200: messageOut() }),
  handle: async ({ deps, call, caller, application, param, body }) => {
    const { orgId } = application;
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    mustBeEnabled(endpoint);
    const payload = await payloadOf(deps, caller, body);
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
      case 'application-not-found':
      case 'conflict':
      case 'token-revoked':
        throw notPublished(outcome, undefined);
    }
  },
});

export const sendExampleOperations = [sendExample];
