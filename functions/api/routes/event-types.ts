import * as z from 'zod';
import { PATH_NAME_BYTES } from '../../platform/limits/requests.domain.ts';
import type { EventType } from '../../catalog/event-types/event-type.domain.ts';
import { schemasProblem } from '../../catalog/event-types/json-schema.ts';
import type { Caller } from '../authentication/auth.ts';
import type { Deps } from '../deps.ts';
import { isName } from '../../platform/wire/fields.ts';
import type { Cursor } from '../../platform/pages/page.ts';
import { Refusal, invalid } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { anyOperation, organizationOperation, tagged } from '../operation.ts';
import { INVALID_NAME, listSchema, namePageQuery, order, pageReply } from '../wire/pagination.ts';
import {
  eventTypeChanges,
  eventTypeFields,
  eventTypeIn,
  eventTypeOut,
  eventTypePatch,
  eventTypeUpdate,
  printEventType,
} from '../schemas/event-type.ts';

const ROOT = '/api/v1/event-type';
const ONE = '/api/v1/event-type/{event_type_name}';

/** Application tokens see event types without feature flags, and those with one of the token's flags. */
export const isVisible = (caller: Caller, { featureFlags }: EventType): boolean =>
  caller.kind === 'organization' ||
  featureFlags.length === 0 ||
  featureFlags.some((flag) => caller.featureFlags.has(flag));

const checkSchemas = async (schemas: string | null = null): Promise<void> => {
  const problem = schemas === null ? undefined : await schemasProblem(schemas);
  if (problem !== undefined) {
    throw invalid(['body', 'schemas'], `schemas: ${problem}`, 'value_error.jsondecode');
  }
};

/** Accepts iterators that are valid names, and names of existing event types, since PUT accepts invalid names too. */
const checkPosition = async (deps: Deps, caller: Caller, cursor: Cursor | null): Promise<void> => {
  if (cursor === null || isName(cursor.id)) return;
  const found = await deps.eventTypes.find(caller.orgId, cursor.id);
  if (found === undefined) throw invalid(['query', 'iterator', '__all__'], INVALID_NAME);
};

const created = (eventType: EventType): Reply => ({ status: 201, body: printEventType(eventType, true) });

const list = anyOperation({
  operationId: 'v1.event-type.list',
  needs: 'ViewBase',
  method: 'GET',
  path: ROOT,
  summary: 'List event types in the order of their names',
  query: () => ({
    ...namePageQuery(),
    order: order('ascending').meta({ description: 'Ignored', deprecated: true }),
    include_archived: z.boolean().default(false),
    with_content: z.boolean().default(false),
  }),
  responses: () => ({ 200: listSchema(eventTypeOut(), 'ListResponse_EventTypeOut_') }),
  handle: async ({ deps, caller, query }) => {
    const { limit, iterator: cursor } = query;
    await checkPosition(deps, caller, cursor);
    const page = await deps.eventTypes.list(
      caller.orgId,
      { limit, cursor },
      (eventType) => (query.include_archived || !eventType.archived) && isVisible(caller, eventType),
    );
    return pageReply(page, cursor, (item) => ({
      id: item.name,
      json: printEventType(item, query.with_content),
    }));
  },
});

const post = organizationOperation({
  operationId: 'v1.event-type.create',
  method: 'POST',
  path: ROOT,
  summary: 'Create an event type, or unarchive one',
  body: eventTypeIn,
  responses: () => ({ 201: eventTypeOut() }),
  handle: async ({ deps, orgId, body, nowMs, storedResponseOf }) => {
    await checkSchemas(body.schemas);
    const fields = eventTypeFields(body);
    const times = { createdAt: nowMs, updatedAt: nowMs };
    const eventType = { orgId, name: body.name, ...fields, ...times };
    const outcome = await deps.eventTypes.create(eventType, storedResponseOf(created));
    if (outcome.kind === 'conflict') throw new Refusal('event_type_exists');
    return created(outcome.item);
  },
});

const get = anyOperation({
  operationId: 'v1.event-type.get',
  needs: 'ViewBase',
  method: 'GET',
  path: ONE,
  summary: 'Get an event type, archived or not',
  responses: () => ({ 200: eventTypeOut() }),
  handle: async ({ deps, caller, param }) => {
    const found = await deps.eventTypes.find(caller.orgId, param('event_type_name'));
    if (found === undefined || !isVisible(caller, found)) throw new Refusal('not_found');
    return { status: 200, body: printEventType(found, true) };
  },
});

const put = organizationOperation({
  operationId: 'v1.event-type.update',
  method: 'PUT',
  path: ONE,
  summary: 'Replace an event type, or create it under the name of the path',
  body: eventTypeUpdate,
  responses: () => ({ 200: eventTypeOut(), 201: eventTypeOut() }),
  handle: async ({ deps, orgId, param, body, nowMs }) => {
    await checkSchemas(body.schemas);
    const name = param('event_type_name');
    // The contract accepts any name here that is not too long.
    if (Buffer.byteLength(name) > PATH_NAME_BYTES) {
      throw invalid(['path', 'event_type_name', '__all__'], 'String too long.');
    }
    const fields = eventTypeFields(body);
    const { kind, item } = await deps.eventTypes.put({
      orgId,
      name,
      ...fields,
      createdAt: nowMs,
      updatedAt: nowMs,
    });
    return { status: kind === 'created' ? 201 : 200, body: printEventType(item, true) };
  },
});

const patch = organizationOperation({
  operationId: 'patch_event_type',
  method: 'PATCH',
  path: ONE,
  summary: 'Change parts of an event type',
  body: eventTypePatch,
  responses: () => ({ 200: eventTypeOut() }),
  handle: async ({ deps, orgId, param, body, nowMs }) => {
    await checkSchemas(body.schemas);
    const changes = eventTypeChanges(body);
    const outcome = await deps.eventTypes.change(orgId, param('event_type_name'), changes, nowMs);
    if (outcome.kind === 'not-found') throw new Refusal('not_found');
    return { status: 200, body: printEventType(outcome.item, true) };
  },
});

const remove = organizationOperation({
  operationId: 'v1.event-type.delete',
  method: 'DELETE',
  path: ONE,
  summary: 'Archive or expunge an event type',
  query: () => ({ expunge: z.boolean().default(false) }),
  responses: () => ({ 204: null }),
  handle: async ({ deps, orgId, param, query, nowMs }) => {
    const name = param('event_type_name');
    const outcome = query.expunge
      ? await deps.eventTypes.expunge(orgId, name)
      : await deps.eventTypes.change(orgId, name, { archived: true }, nowMs);
    if (outcome.kind === 'not-found') throw new Refusal('not_found');
    return { status: 204 };
  },
});

export const eventTypeOperations = tagged('Event Type', [list, post, get, put, patch, remove]);
