import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { ApplicationFields } from '../../catalog/catalog.port.ts';
import { payloadBytes } from '../../messages/message.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import { MESSAGE_OVERHEAD_BYTES } from '../../platform/limits/memory.domain.ts';
import { MOST_PRECHECK_CHANNELS } from '../../platform/limits/requests.domain.ts';
import type { Cursor } from '../../platform/pages/page.ts';
import type { MessageContent, PublishOutcome } from '../../publish/messages.port.ts';
import { LONGEST_DELAY, LONGEST_DELIVERY_DELAY_MS } from '../../platform/limits/retention.domain.ts';
import { MINUTE_MS, SECOND_MS } from '../../platform/limits/time.domain.ts';
import { CANCEL_LEAD_MS } from '../../publish/cancel-message.flow.ts';
import type { Deps } from '../deps.ts';
import { Refusal, invalid } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { NAME_RULE, isName, name, nameSet } from '../../platform/wire/fields.ts';
import { idempotencyDigest, replayedHeaders, requestDigest } from '../idempotency.ts';
import { findApplication, notImplicit } from '../applications.ts';
import { WITHHELD, instant, storedPayload } from '../wire/json.ts';
import { memoize } from '../memoize.ts';
import {
  applicationOperation,
  organizationApplicationOperation,
  organizationOperation,
  tagged,
} from '../operation.ts';
import { rateLimitHeaders, tooManyRequests } from '../rate-limit-headers.ts';
import { schemaViolation, violationHeaders } from '../schema-violations.ts';
import {
  listSchema,
  pageQuery,
  printPage,
  shortened,
  timeDirection,
  timeQuery,
  timeSearch,
} from '../wire/pagination.ts';
import { applicationFields } from '../schemas/application.ts';
import { contentOf, messageIn, messageOut, printMessage } from '../schemas/message.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

const ROOT = '/api/v1/app/{app_id}/msg';

export const withContent = () => ({ with_content: z.boolean().default(true) });

const checkDeliverAt = (deliverAt: number | null, nowMs: number): number | null => {
  if (deliverAt === null) return null;
  const ahead = deliverAt - nowMs;
  if (ahead >= MINUTE_MS && ahead <= LONGEST_DELIVERY_DELAY_MS) return deliverAt;
  throw invalid(['body', 'deliver_at'], `deliverAt must be between one minute and ${LONGEST_DELAY} ahead`);
};

/** The message of a body. Throws Invalid if its `deliverAt` is out of range. */
export const messageContent = (body: ValueOf<typeof messageIn>, nowMs: number): MessageContent =>
  contentOf(body, checkDeliverAt(body.deliverAt ?? null, nowMs));

/** The application in the path, by id or uid. Throws Invalid if it can be neither. */
export const applicationInPath = (application: string): string => {
  if (isName(application)) return application;
  throw invalid(['path', 'app_id_or_uid', '__all__'], `Invalid id or uid: ${NAME_RULE}`);
};

/** Whether a repeat is to print payloads: its query is not decoded yet. */
export const asksForContent = (search: string): boolean =>
  new URLSearchParams(search).get('with_content') !== 'false';

const AHEAD =
  'Ingest is publishing an event with this eventId: its message follows. If it does not within a quarter of an hour, publish it again.';

/** The error for an eventId that is taken. */
export const conflict = ({ isAhead }: { readonly isAhead?: true }): Refusal =>
  new Refusal('conflict', isAhead === true ? AHEAD : undefined);

/** The error for a request that published nothing. `described`: the application that its body describes. */
export const notPublished = (
  outcome: Exclude<PublishOutcome, { kind: 'accepted' }>,
  described: ApplicationFields | undefined,
): Error => {
  switch (outcome.kind) {
    case 'limited':
      return tooManyRequests(outcome);
    case 'schema-violation':
      return schemaViolation(outcome.violations);
    case 'application-not-found':
      return notImplicit(described, 'Application not found');
    case 'conflict':
      return conflict(outcome);
    case 'token-revoked':
      return new Refusal('authentication_failed');
  }
};

const accepted = (
  { message, body, limits = [], warnings, replayed }: Extract<PublishOutcome, { kind: 'accepted' }>,
  includeContent: boolean,
): Reply => {
  const content = includeContent ? storedPayload(body) : WITHHELD;
  return {
    status: 202,
    body: printMessage(message, content),
    headers: {
      ...rateLimitHeaders(limits),
      ...violationHeaders(warnings),
      ...(replayed === undefined ? {} : replayedHeaders(replayed)),
    },
  };
};

const create = organizationOperation({
  operationId: 'v1.message.create',
  method: 'POST',
  path: ROOT,
  summary: 'Accept a message and send it to every matching endpoint',
  query: withContent,
  body: messageIn,
  responses: () => ({ 202: messageOut() }),
  revocation: 'in-handler',
  repeatOf: async (call, orgId) => {
    const digest = idempotencyDigest(call);
    if (digest === null) return undefined;
    const known = await findApplication(call.deps, orgId, call.param('app_id'));
    const before = await call.deps.published.ofKey(orgId, digest, {
      requestDigest: await requestDigest(call),
      appId: known?.id ?? null,
    });
    return before && accepted(before, asksForContent(call.search));
  },
  handle: async ({ deps, call, caller, orgId, param, query, body, nowMs }) => {
    const application = applicationInPath(param('app_id'));
    const implicit = body.application == null ? undefined : applicationFields(body.application);
    const digest = idempotencyDigest(call);
    const outcome = await deps.publish({
      orgId,
      application,
      implicit: implicit?.uid === application ? implicit : null,
      ...messageContent(body, nowMs),
      idempotency: digest,
      requestDigest: digest === null ? null : await requestDigest(call),
      token: caller.token,
    });
    if (outcome.kind !== 'accepted') throw notPublished(outcome, implicit);
    call.about.appId = outcome.message.appId;
    call.about.messageId = outcome.message.id;
    return accepted(outcome, query.with_content);
  },
});

/** Finds a message by id or `eventId`. Throws Refusal (404). */
export const mustFindMessage = async (
  deps: Deps,
  application: Application,
  idOrEventId: string,
): Promise<Message> => {
  const found = isName(idOrEventId)
    ? await deps.messages.find(application.orgId, application.id, idOrEventId)
    : undefined;
  if (found === undefined) throw new Refusal('not_found');
  return found;
};

/** An upper bound of a message's bytes in a response. */
export const contentBytes = (message: Message, nowMs: number): number =>
  payloadBytes(message, nowMs) + MESSAGE_OVERHEAD_BYTES;

/** Prints messages, with or without their payloads. */
export const contents = async (
  deps: Deps,
  messages: readonly Message[],
  withPayloads: boolean,
  nowMs: number,
) => {
  const bodies = withPayloads ? await deps.messages.bodies(messages, nowMs) : [];
  return messages.map((message, index) => {
    const content = withPayloads ? storedPayload(bodies[index] ?? null) : WITHHELD;
    return { id: message.id, json: printMessage(message, content) };
  });
};

interface TimeList {
  readonly limit: number;
  readonly iterator: Cursor | null;
  readonly before: number | null;
  readonly after: number | null;
  readonly channel: string | null;
  readonly tag: string | null;
  readonly event_types: readonly string[] | null;
  readonly with_content: boolean;
}

const listed = async (
  deps: Deps,
  application: Application,
  asked: TimeList,
  nowMs: number,
): Promise<Reply> => {
  const { limit, iterator: cursor, before, after, channel, tag, event_types: eventTypes } = asked;
  const query = { limit, cursor, before, after, channel, tag, eventTypes };
  const found = await deps.messages.list(application.orgId, application.id, query, nowMs);
  const direction = timeDirection(asked);
  const page = shortened(found, direction, (message) =>
    asked.with_content ? contentBytes(message, nowMs) : MESSAGE_OVERHEAD_BYTES,
  );
  const items = await contents(deps, page.items, asked.with_content, nowMs);
  return { status: 200, body: printPage(page, items, direction) };
};

const messageList = memoize(() => listSchema(messageOut(), 'ListResponse_MessageOut_'));

const list = applicationOperation({
  operationId: 'v1.message.list',
  needs: 'ViewBase',
  method: 'GET',
  path: ROOT,
  summary: 'List the messages of an application, newest first',
  query: () => ({ ...pageQuery('msg_'), ...timeQuery() }),
  responses: () => ({ 200: messageList() }),
  handle: ({ deps, application, query, nowMs }) => listed(deps, application, query, nowMs),
});

const search = applicationOperation({
  operationId: 'v1.message.search',
  needs: 'ViewBase',
  method: 'POST',
  path: `${ROOT}/search`,
  summary: 'List messages by tag, channel, event types and time, with the filters in the body',
  onlyReads: true,
  body: () => z.object(timeSearch('msg_')).meta({ id: 'MessageSearchIn' }),
  responses: () => ({ 200: messageList() }),
  handle: ({ deps, application, body, nowMs }) => listed(deps, application, body, nowMs),
});

const precheckIn = component('MessagePrecheckIn', () => ({
  eventType: name(),
  channels: nameSet('channels', name('project_1337'), { most: MOST_PRECHECK_CHANNELS }).nullish(),
}));

const precheck = organizationOperation({
  operationId: 'v1.message.precheck',
  method: 'POST',
  path: `${ROOT}/precheck/active`,
  summary: 'Whether an enabled endpoint would get a message of this event type and these channels',
  onlyReads: true,
  body: precheckIn,
  responses: () => ({ 200: z.object({ active: z.boolean() }).meta({ id: 'MessagePrecheckOut' }) }),
  handle: async ({ deps, orgId, param, body: { eventType, channels = null } }) => {
    const application = param('app_id');
    const active = isName(application)
      ? await deps.precheck(orgId, application, { eventType, channels })
      : undefined;
    if (active === undefined) throw new Refusal('not_found');
    return { status: 200, body: { active } };
  },
});

const get = applicationOperation({
  operationId: 'v1.message.get',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/msg/{msg_id}',
  summary: 'Get a message by its id or eventId',
  query: withContent,
  responses: () => ({ 200: messageOut() }),
  handle: async ({ deps, application, param, query, nowMs }) => {
    const message = await mustFindMessage(deps, application, param('msg_id'));
    const [item] = await contents(deps, [message], query.with_content, nowMs);
    return { status: 200, body: item?.json ?? null };
  },
});

const cancelOut = component('MessageCanceledOut', () => ({
  id: z.string(),
  canceledAt: z.string().meta({ format: 'date-time' }),
}));

const TOO_LATE = `Only a message whose deliverAt is more than ${CANCEL_LEAD_MS / SECOND_MS} seconds ahead can be canceled`;

const cancel = organizationApplicationOperation({
  operationId: 'v1.message.cancel',
  method: 'POST',
  path: `${ROOT}/{msg_id}/cancel`,
  summary: 'Cancel a message before its deliverAt: it is sent to no endpoint, and cannot be resent',
  responses: () => ({ 200: cancelOut() }),
  handle: async ({ deps, application, param }) => {
    const message = await mustFindMessage(deps, application, param('msg_id'));
    const outcome = await deps.cancelMessage(message);
    switch (outcome.kind) {
      case 'canceled':
        return { status: 200, body: { id: message.id, canceledAt: instant(outcome.canceledAt) } };
      case 'too-late':
        throw new Refusal('conflict', TOO_LATE);
      case 'not-found':
        throw new Refusal('not_found');
    }
  },
});

export const messageOperations = tagged('Message', [list, create, search, precheck, cancel, get]);
