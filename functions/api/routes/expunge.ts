import pLimit from 'p-limit';
import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import { attemptId } from '../../platform/ids/brand.domain.ts';
import { isId } from '../../platform/ids/ids.domain.ts';
import { MOST_EXPUNGED_TOGETHER } from '../../platform/limits/requests.domain.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { isName, name, nameSet } from '../../platform/wire/fields.ts';
import { organizationApplicationOperation, tagged } from '../operation.ts';
import { startedOut } from '../schemas/task.ts';
import { started } from './background-tasks.ts';
import { mustFindMessage } from './messages.ts';
import { component } from '../wire/component.ts';

const expungeMessage = organizationApplicationOperation({
  operationId: 'v1.message.expunge-content',
  method: 'DELETE',
  path: '/api/v1/app/{app_id}/msg/{msg_id}/content',
  summary: "Erase a message's payload; the message and its attempts stay",
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
  summary: "Erase an attempt's response body, which then reads 'EXPUNGED'",
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

/** Concurrent expunges of one request: a read or two, an update and for a large payload a request to S3 each. */
const EXPUNGED_AT_ONCE = 16;

const bulkIn = component('BulkExpungeContentsIn', () => ({
  ids: nameSet('ids', name('msg_1srOrx2ZWZBpBUvZwXKQmoEYga2'), {
    least: 0,
    most: MOST_EXPUNGED_TOGETHER,
  })
    .default([])
    .meta({ description: 'Ids or eventIds of messages' }),
}));

const bulkOut = component('BulkExpungeContentsOut', () => ({
  results: z.record(z.string(), z.enum(['expunged', 'not-found'])),
}));

const expungeOne = async (deps: Deps, { orgId, id: appId }: Application, idOrEventId: string) => {
  const found = await deps.messages.find(orgId, appId, idOrEventId);
  if (found === undefined) return 'not-found';
  await deps.expunge.messageContent(found);
  return 'expunged';
};

const expungeMany = organizationApplicationOperation({
  operationId: 'v1.message.bulk-expunge-content',
  method: 'POST',
  path: '/api/v1/app/{app_id}/msg/bulk-expunge',
  summary: 'Erase the payloads of several messages; the messages and their attempts stay',
  body: bulkIn,
  responses: () => ({ 200: bulkOut() }),
  handle: async ({ deps, application, body: { ids } }) => {
    const limit = pLimit(EXPUNGED_AT_ONCE);
    const outcomes = await settleAll(ids.map((id) => limit(() => expungeOne(deps, application, id))));
    const results = Object.fromEntries(ids.map((id, index) => [id, outcomes[index] ?? 'not-found']));
    return { status: 200, body: { results } };
  },
});

const expungeAll = organizationApplicationOperation({
  operationId: 'v1.message.expunge-all-contents',
  method: 'POST',
  path: '/api/v1/app/{app_id}/msg/expunge-all-contents',
  summary: 'Erase the payloads of all messages that an application has now, in a background task',
  responses: () => ({ 202: startedOut('ExpungeAllContentsOut') }),
  handle: async ({ deps, application: { orgId, id: appId, createdAt }, storedResponseOf }) => {
    const kind = 'application.purge_content' as const;
    const order = { orgId, appId, kind, since: createdAt, until: null, rate: null };
    return started(await deps.tasks.start(order, storedResponseOf(started)));
  },
});

export const expungeOperations = [
  ...tagged('Message', [expungeMessage, expungeMany, expungeAll]),
  ...tagged('Message Attempt', [expungeAttempt]),
];
