import { attemptId } from '../../platform/ids/brand.domain.ts';
import { isId } from '../../platform/ids/ids.domain.ts';
import { Refusal } from '../errors.ts';
import { isName } from '../wire/fields.ts';
import { noBody, noQuery, organizationApplicationOperation } from '../operation.ts';
import { mustFindMessage } from './messages.ts';

const expungeMessage = organizationApplicationOperation({
  operationId: 'v1.message.expunge-content',
  method: 'DELETE',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/content',
  tag: 'Message',
  summary: "Erase a message's payload; the message and its attempts stay",
  query: noQuery,
  body: noBody,
  responses: () => ({ 204: null }),
  handle: async ({ deps, application, param }) => {
    await deps.expunge.messageContent(await mustFindMessage(deps, application, param('msg_id')));
    return { status: 204 };
  },
});

const expungeAttempt = organizationApplicationOperation({
  operationId: 'v1.message-attempt.expunge-content',
  method: 'DELETE',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}/content',
  tag: 'Message Attempt',
  summary: "Erase an attempt's response body, which then reads 'EXPUNGED'",
  query: noQuery,
  body: noBody,
  responses: () => ({ 204: null }),
  handle: async ({ deps, application: { orgId, id: appId }, param }) => {
    const [message, attempt] = [param('msg_id'), param('attempt_id')];
    const found = isName(message) ? await deps.messages.find(orgId, appId, message) : undefined;
    if (found === undefined) throw new Refusal('not_found', 'Message not found');
    const made = isId('atmpt_', attempt)
      ? await deps.attempts.find(orgId, appId, found.id, attemptId(attempt))
      : undefined;
    if (made === undefined) throw new Refusal('not_found', 'Message attempt not found');
    await deps.expunge.attemptContent(made);
    return { status: 204 };
  },
});

export const expungeOperations = [expungeMessage, expungeAttempt];
