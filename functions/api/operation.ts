import * as z from 'zod';
import { BODY_BYTES } from '../platform/limits/requests.domain.ts';
import { permits } from './authentication/capabilities.domain.ts';
import type { Capability } from './authentication/capabilities.domain.ts';
import type { Application } from '../catalog/applications/application.domain.ts';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import { authenticate, authenticateManagement } from './authentication/auth.ts';
import type { Caller } from './authentication/auth.ts';
import { bodyDecoder } from './wire/decode.ts';
import type { Call } from './call.ts';
import type { Deps } from './deps.ts';
import { PlainRefusal, Refusal, invalid, replyTo } from './errors.ts';
import type { Reply } from './errors.ts';
import { MANAGEMENT_ORGANIZATION } from '../events/operational-webhooks/operational-webhook.domain.ts';
import { findApplication } from './applications.ts';
import type { StoredResponseOf } from '../catalog/catalog.port.ts';
import { runOnceByKey } from './idempotency.ts';
import type { StoredResponseFor } from './idempotency.ts';
import { memoize } from './memoize.ts';
import { queryDecoder, querySchema } from './wire/query.ts';
import type { QueryOf } from './wire/query.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type Auth = 'organization' | 'application' | 'any' | 'management' | 'none';

/** The part of an operation that both the router and the OpenAPI document use. */
interface Description<Path extends string> {
  readonly operationId: string;
  readonly method: Method;
  /** As in OpenAPI: `/api/v1/app/{app_id}`. */
  readonly path: Path;
  readonly summary: string;
  /** Served for old clients, but not documented. */
  readonly hidden?: true;
  /** The capability that an application token needs; absent: operations that application tokens cannot call. */
  readonly needs?: Capability;
  /** Whether the token must name the capability: one without restrictions, which has all, is refused too. */
  readonly named?: true;
  /** Whether a POST changes nothing, so that an idempotency key is ignored and the `query` function may serve it. */
  readonly onlyReads?: true;
  /** Whether a query that cannot be decoded is refused in plain text. */
  readonly plainQuery?: true;
}

/** Schema by status; null: no body. */
type Responses = Readonly<Record<number, z.ZodType | null>>;

interface UntaggedOperation extends Description<string> {
  readonly auth: Auth;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | null;
  readonly responses: Responses;
  readonly run: (call: Call) => Promise<Reply>;
}

export interface Operation extends UntaggedOperation {
  /** The heading in the API reference. */
  readonly tag: string;
}

/** The operations under one heading. Assigned, because a copy would build their schemas. */
export const tagged = (tag: string, operations: readonly UntaggedOperation[]): readonly Operation[] =>
  operations.map((operation) => Object.assign(operation, { tag }));

type ParamOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamOf<Rest>
  : never;

interface Input<Path extends string, Query, Body> {
  readonly deps: Deps;
  readonly call: Call;
  readonly nowMs: number;
  readonly param: (name: ParamOf<Path>) => string;
  readonly query: Query;
  readonly body: Body;
  /** What to store as the response in the transaction of the effect; undefined: the request has no idempotency key. */
  readonly storedResponseOf: <Made>(reply: (made: Made) => Reply) => StoredResponseOf<Made> | undefined;
}

interface Spec<
  Path extends string,
  Query extends z.ZodRawShape,
  Body extends z.ZodType,
  Scope,
> extends Description<Path> {
  /** Schemas are built on first use: most operations of a function are never called in its lifetime. Absent: none. */
  readonly query?: () => Query;
  readonly body?: () => Body;
  /** The body that application tokens may send; absent: the same. */
  readonly portalBody?: () => Body;
  readonly responses: () => Responses;
  /**
   * For operations that detect repeats by what they write instead of by a stored response: finds the earlier response
   * when a request is refused.
   */
  readonly repeatOf?: (call: Call, orgId: OrgId) => Promise<Reply | undefined>;
  /**
   * Whether `handle` refuses a revoked token itself, since it reads the marks with something else, or since a repeat is
   * answered. Absent: the token is refused before anything else.
   */
  readonly revocation?: 'in-handler';
  readonly handle: (
    input: Input<Path, QueryOf<() => Query>, z.output<Body>> & Scope,
  ) => Promise<Reply> | Reply;
}

/** Whether repeats of a request under an idempotency key get the response of the first one. */
export const takesIdempotencyKey = ({
  method,
  onlyReads,
}: Pick<Description<string>, 'method' | 'onlyReads'>): boolean => method === 'POST' && onlyReads !== true;

/** The schema of a query or body, or that of none, which a handler cannot use: it has the type of any schema. */
function orNone<Schema extends z.ZodType>(
  schema: (() => Schema) | undefined,
  none: () => z.ZodType,
): () => Schema;
function orNone(schema: (() => z.ZodType) | undefined, none: () => z.ZodType): () => z.ZodType {
  return memoize(schema ?? none);
}

const NO_BYTES = new Uint8Array();

const DAMAGED =
  'the body arrived changed: bytes that are not UTF-8 were replaced in transit, or its length differs from Content-Length';

const readBody = async ({ body, damaged }: Call): Promise<Uint8Array> => {
  const bytes = await body();
  if (bytes.byteLength > BODY_BYTES) throw new Refusal('payload_too_large');
  if (damaged) throw invalid(['body', '', ''], DAMAGED, 'value_error.jsondecode');
  return bytes;
};

const plainly = <Parameters>(decode: (search: string) => Parameters, search: string): Parameters => {
  try {
    return decode(search);
  } catch (thrown) {
    throw thrown instanceof Refusal ? new PlainRefusal(thrown.message) : thrown;
  }
};

/** A repeat that is refused now (its application was deleted, say) still gets the response of the first request. */
const answerOrRepeat = async (
  answer: () => Promise<Reply>,
  repeat: () => Promise<Reply | undefined>,
): Promise<Reply> => {
  try {
    return await answer();
  } catch (thrown) {
    const before = replyTo(thrown) === undefined ? undefined : await repeat();
    if (before === undefined) throw thrown;
    return before;
  }
};

type Needed = Pick<Description<string>, 'needs' | 'named'>;

/**
 * Makes operations with one kind of authentication. `identify` verifies the token; then the query is decoded, `enter`
 * looks up the objects in the path, and the body is decoded. A repeat under an idempotency key is answered right after
 * `identify`.
 */
const access =
  <Who, Scope>(
    auth: Auth,
    identify: (call: Call, nowMs: number, needed: Needed) => Promise<Who>,
    enter: (call: Call, who: Who) => Promise<Scope> | Scope,
    callerIn: (who: Who) => Caller | null,
  ) =>
  <const Path extends string, Query extends z.ZodRawShape, Body extends z.ZodType>(
    spec: Spec<Path, Query, Body, Scope>,
  ): UntaggedOperation => {
    const { repeatOf, handle, portalBody, revocation, ...description } = spec;
    const { query: parameters } = spec;
    const query = orNone(parameters && (() => querySchema(parameters)), () => z.object({}));
    const body = orNone(spec.body, () => z.undefined());
    const responses = memoize(spec.responses);
    const decodeQuery = memoize(() => queryDecoder(query()));
    const decodeBody = memoize(() => bodyDecoder(body()));
    const decodePortalBody = memoize(() => bodyDecoder((portalBody ?? body)()));
    const hasBody = spec.body !== undefined;
    return {
      ...description,
      auth,
      get query() {
        return query();
      },
      get body() {
        return hasBody ? body() : null;
      },
      get responses() {
        return responses();
      },
      run: async (call) => {
        const nowMs = call.deps.now();
        const who = await identify(call, nowMs, spec);
        const caller = callerIn(who);
        if (caller !== null && revocation === undefined) await mustNotBeRevoked(call.deps, caller, nowMs);
        const answer = async (storedResponseFor?: StoredResponseFor) => {
          const asked =
            spec.plainQuery === true ? plainly(decodeQuery(), call.search) : decodeQuery()(call.search);
          const scope = await enter(call, who);
          const decode = caller?.kind === 'application' ? decodePortalBody() : decodeBody();
          const decoded = decode(hasBody ? await readBody(call) : NO_BYTES);
          return handle({
            deps: call.deps,
            call,
            nowMs,
            param: call.param,
            query: asked,
            body: decoded,
            storedResponseOf: (reply) => storedResponseFor && ((made) => storedResponseFor(reply(made))),
            ...scope,
          });
        };
        if (!takesIdempotencyKey(spec) || caller === null) return answer();
        return repeatOf === undefined
          ? runOnceByKey(call, caller.orgId, answer)
          : answerOrRepeat(answer, async () => {
              await mustNotBeRevoked(call.deps, caller, nowMs);
              return repeatOf(call, caller.orgId);
            });
      },
    };
  };

/** Throws Refusal (401) for a token that was revoked. */
export const mustNotBeRevoked = async (
  { tokens }: Deps,
  caller: Caller,
  nowMs: number,
  detail?: string,
): Promise<void> => {
  const { orgId, token } = caller;
  const appId = caller.kind === 'application' ? caller.appId : null;
  if (await tokens.isRevoked({ orgId, appId, token }, nowMs))
    throw new Refusal('authentication_failed', detail);
};

const identify = async (call: Call, nowMs: number): Promise<Caller> => {
  const caller = await authenticate(call.request.headers.get('authorization'), call.deps.keys, nowMs);
  call.about.orgId = caller.orgId;
  if (caller.kind === 'application') call.about.appId = caller.appId;
  return caller;
};

/** Identifies a caller that has the needed capability. Throws Refusal (403) for other tokens. */
const identifyCapable = async (
  call: Call,
  nowMs: number,
  { needs = 'ViewBase', named }: Needed,
): Promise<Caller> => {
  const caller = await identify(call, nowMs);
  if (caller.kind === 'organization') return caller;
  const { capabilities } = caller;
  if (!permits(capabilities, needs) || (named === true && capabilities === null))
    throw new Refusal('insufficient access');
  return caller;
};

const NONE_OF_THEIR_OWN =
  'Operational webhooks themselves cause no operational webhooks: use the token of another organization.';

type OrganizationCaller = Extract<Caller, { readonly kind: 'organization' }>;

const identifyOrganization = async (call: Call, nowMs: number): Promise<OrganizationCaller> => {
  const caller = await identify(call, nowMs);
  if (caller.kind === 'application') throw new Refusal('insufficient access');
  return caller;
};

type Make<Scope> = <const Path extends string, Query extends z.ZodRawShape, Body extends z.ZodType>(
  spec: Spec<Path, Query, Body, Scope>,
) => UntaggedOperation;

/** Makes operations for application tokens, which must say which capability they need. */
const stating =
  <Scope>(make: Make<Scope>) =>
  <const Path extends string, Query extends z.ZodRawShape, Body extends z.ZodType>(
    spec: Spec<Path, Query, Body, Scope> & Required<Pick<Needed, 'needs'>>,
  ): UntaggedOperation =>
    make(spec);

/** For organization tokens. Application tokens get 403. */
export const organizationOperation = access(
  'organization',
  identifyOrganization,
  (_call, caller) => ({ orgId: caller.orgId, caller }),
  (caller) => caller,
);

/**
 * For organization tokens, on the application of the management organization that gets the caller's operational webhooks;
 * null: it was not created yet.
 */
export const operationalWebhookOperation = access(
  'organization',
  identifyOrganization,
  async (call, { orgId }) => {
    if (orgId === MANAGEMENT_ORGANIZATION) throw new Refusal('generic_error', NONE_OF_THEIR_OWN);
    const found = await call.deps.applications.find(MANAGEMENT_ORGANIZATION, orgId);
    if (found !== undefined) call.about.appId = found.id;
    return { orgId, application: found ?? null };
  },
  (caller) => caller,
);

/** For organization tokens, with the application in the path; 404 if it does not exist. */
export const organizationApplicationOperation = access(
  'organization',
  identifyOrganization,
  async (call, caller) => ({ application: await enterApplication(call, caller) }),
  (caller) => caller,
);

/**
 * For organization tokens and tokens of the application `{app_id}` (id or uid); tokens of other applications get 404.
 */
export const applicationOperation = stating(
  access(
    'application',
    identifyCapable,
    async (call, caller) => ({ application: await enterApplication(call, caller), caller }),
    (caller) => caller,
  ),
);

const enterApplication = async (call: Call, caller: Caller): Promise<Application> => {
  const found = await findApplication(call.deps, caller.orgId, call.param('app_id'));
  if (found === undefined) throw new Refusal('not_found');
  if (caller.kind === 'application' && found.id !== caller.appId) throw new Refusal('not_found');
  call.about.appId = found.id;
  return found;
};

/** Tokens of a deleted application get 404, as on the paths of that application. */
const enterCaller = async ({ deps }: Call, caller: Caller): Promise<{ readonly caller: Caller }> => {
  if (caller.kind === 'organization') return { caller };
  const found = await deps.applications.find(caller.orgId, caller.appId);
  if (found?.id !== caller.appId) throw new Refusal('not_found');
  return { caller };
};

/** For every valid token; the handler distinguishes callers. */
export const anyOperation = stating(access('any', identifyCapable, enterCaller, (caller) => caller));

/** For management tokens only. */
export const managementOperation = access(
  'management',
  (call, nowMs) => authenticateManagement(call.request.headers.get('authorization'), call.deps.keys, nowMs),
  () => ({}),
  () => null,
);

/** Without authentication. */
export const openOperation = access(
  'none',
  () => Promise.resolve(),
  () => ({}),
  () => null,
);
