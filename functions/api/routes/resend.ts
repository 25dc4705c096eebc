import * as z from 'zod';
import { mustBeEnabled, mustFindEndpoint } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import { idempotencyDigest } from '../idempotency.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { mustFindMessage } from './messages.ts';

const REQUEST_BYTES = 24;

const resend = applicationOperation({
  operationId: 'v1.message-attempt.resend',
  needs: 'CreateAttempts',
  method: 'POST',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend',
  summary: 'Resend a message to an endpoint, regardless of the endpoint’s filters',
  responses: () => ({ 202: z.object({}).meta({ id: 'EmptyResponse' }) }),
  handle: async ({ deps, call, application, param }) => {
    const message = await mustFindMessage(deps, application, param('msg_id'));
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    mustBeEnabled(endpoint);
    // A repeat with the same idempotency key gets the same delivery, which is sent once.
    const request =
      idempotencyDigest(call) ?? Buffer.from(deps.randomBytes(REQUEST_BYTES)).toString('base64url');
    const outcome = await deps.resend(message, endpoint, request);
    switch (outcome.kind) {
      case 'queued':
        return { status: 202, body: {} };
      case 'message-canceled':
        throw new Refusal('message_canceled');
      case 'missing-payload':
        throw new Refusal('missing_payload');
    }
  },
});

export const resendOperations = tagged('Message Attempt', [resend]);
