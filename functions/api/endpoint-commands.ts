import type { Application } from '../catalog/applications/application.domain.ts';
import type { EndpointChanges, EndpointFields, StoredResponseOf } from '../catalog/catalog.port.ts';
import { disabledAt } from '../catalog/endpoints/endpoint.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { PageRequest } from '../platform/pages/page.ts';
import type { Deps } from './deps.ts';
import {
  HEADERS_AT,
  checkEndpoint,
  checkSignedHeaders,
  endpointLimitsOf,
  findEndpoint,
  mustBeWritten,
  mustFindEndpoint,
  newSecret,
} from './endpoint-rules.ts';
import { Refusal } from './errors.ts';
import type { Reply } from './errors.ts';
import type { Json } from './wire/json.ts';
import { pageReply } from './wire/pagination.ts';

/** What the endpoints of applications and those of operational webhooks do in the same way. */

/** An endpoint to create. */
export interface Draft {
  readonly fields: EndpointFields;
  /** null: one is generated. */
  readonly secret: string | null;
  readonly headers: Endpoint['headers'];
}

/** The draft of an endpoint that an update creates. */
const fromUpdate = (fields: EndpointFields): Draft => ({ fields, secret: null, headers: {} });

interface Creating {
  readonly deps: Deps;
  readonly nowMs: number;
  readonly reply: (endpoint: Endpoint) => Reply;
  readonly storedResponseOf?: StoredResponseOf<Endpoint> | undefined;
}

/** Creates an endpoint with its secret. Throws Invalid or Refusal. */
export const createEndpoint = async (
  { deps, nowMs, reply, storedResponseOf }: Creating,
  { orgId, id: appId }: Application,
  draft: Draft,
): Promise<Reply> => {
  await checkSignedHeaders(deps, orgId, draft.headers, HEADERS_AT.whole);
  await checkEndpoint(deps, orgId, draft.fields);
  const id = deps.ids.endpoint(nowMs);
  const plainText = draft.secret ?? (await newSecret(deps, orgId));
  await deps.secrets.ready();
  const enabled: Endpoint = {
    orgId,
    appId,
    id,
    ...draft.fields,
    failSince: null,
    lastDisabledAt: null,
    headers: draft.headers,
    secret: { sealed: deps.secrets.seal(plainText, id), expiresAt: null },
    oldSecrets: [],
    createdAt: nowMs,
    updatedAt: nowMs,
  };
  const endpoint = enabled.disabled ? disabledAt(enabled, nowMs) : enabled;
  const limits = await endpointLimitsOf(deps, orgId);
  return reply(mustBeWritten(await deps.endpoints.create(endpoint, storedResponseOf, limits)));
};

interface Changing {
  readonly deps: Deps;
  readonly nowMs: number;
  readonly reply: (endpoint: Endpoint, before: { readonly wasDisabled: boolean }) => Reply;
}

/** Changes fields of an endpoint. Throws Refusal. */
export const changeEndpoint = async (
  { deps, nowMs, reply }: Changing,
  { orgId, appId, id, disabled: wasDisabled }: Endpoint,
  changes: Partial<EndpointFields>,
): Promise<Reply> => {
  // A client that enables or disables the endpoint clears the state of an auto-disable.
  const decided: EndpointChanges =
    changes.disabled === undefined ? changes : { ...changes, failSince: null, disabledReason: null };
  const limits = await endpointLimitsOf(deps, orgId);
  const written = mustBeWritten(await deps.endpoints.change(orgId, appId, id, () => decided, nowMs, limits));
  return reply(written, { wasDisabled });
};

interface Upserting extends Changing {
  readonly created: (endpoint: Endpoint) => Reply;
}

/** Changes the endpoint that the path names, or creates one. Throws Invalid or Refusal. */
export const upsertEndpoint = async (
  { created, ...changing }: Upserting,
  application: Application,
  idOrUid: string,
  fields: EndpointFields,
): Promise<Reply> => {
  const { deps, nowMs } = changing;
  const existing = await findEndpoint(deps, application, idOrUid);
  if (existing !== undefined) return changeEndpoint(changing, existing, fields);
  try {
    return await createEndpoint({ deps, nowMs, reply: created }, application, fromUpdate(fields));
  } catch (thrown) {
    const isConflict = thrown instanceof Refusal && thrown.code === 'conflict';
    // A concurrent request may have created it after the first lookup.
    const winner = isConflict ? await findEndpoint(deps, application, idOrUid) : undefined;
    if (winner === undefined) throw thrown;
    return changeEndpoint(changing, winner, fields);
  }
};

interface ListQuery extends Pick<PageRequest, 'limit' | 'order'> {
  readonly iterator: PageRequest['cursor'];
}

export const listEndpoints = async (
  deps: Deps,
  { orgId, id: appId }: Application,
  { limit, iterator: cursor, order }: ListQuery,
  print: (endpoint: Endpoint) => Json,
): Promise<Reply> => {
  const page = await deps.endpoints.list(orgId, appId, { limit, cursor, order });
  return pageReply(page, cursor, (item) => ({ id: item.id, json: print(item) }));
};

/** Throws Refusal (404). */
export const removeEndpoint = async (
  deps: Deps,
  application: Application,
  idOrUid: string,
  nowMs: number,
): Promise<Reply> => {
  const { orgId, appId, id } = await mustFindEndpoint(deps, application, idOrUid);
  const outcome = await deps.endpoints.remove(orgId, appId, id, nowMs);
  if (outcome.kind === 'not-found') throw new Refusal('not_found');
  return { status: 204 };
};
