import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { Endpoint, SealedSecret } from '../../catalog/endpoints/endpoint.domain.ts';
import { formatReadable, parseSecret } from '../../deliver/signing/endpoint-secret.ts';
import type { Deps } from '../deps.ts';
import { mustBeWritten, mustFindEndpoint, newSecret } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import { memoize } from '../memoize.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { endpointSecretOut, secret } from '../schemas/endpoint.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { DAY_SECONDS } from '../../platform/limits/time.domain.ts';
import type { ValueOf } from '../wire/component.ts';

const MOST_OLD_SECRETS = 10;
const LONGEST_GRACE_SECONDS = 7 * DAY_SECONDS;

/** The key with which receivers verify signatures; of an asymmetric pair only the public key. */
const readable = (plainText: string): string => {
  const parsed = parseSecret(plainText);
  if (parsed.kind !== 'ok') throw new Error(`a stored secret is ${parsed.kind}`);
  return formatReadable(parsed.key);
};

/** The key of an endpoint. Throws Refusal (404). */
export const readKey = async (deps: Deps, application: Application, idOrUid: string): Promise<string> => {
  const endpoint = await mustFindEndpoint(deps, application, idOrUid);
  await deps.secrets.ready([endpoint.secret.sealed]);
  return readable(deps.secrets.open(endpoint.secret.sealed, endpoint.id));
};

const get = applicationOperation({
  operationId: 'v1.endpoint.get-secret',
  needs: 'ViewEndpointSecret',
  method: 'GET',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret',
  summary: 'Get the key with which receivers verify signatures',
  responses: () => ({ 200: endpointSecretOut() }),
  handle: async ({ deps, application, param }) => ({
    status: 200,
    body: { key: await readKey(deps, application, param('endpoint_id')) },
  }),
});

const rotationIn = (id: string) =>
  z
    .object({
      key: secret().nullish().meta({ description: 'A new key is generated if omitted' }),
      gracePeriodSeconds: z
        .int()
        .max(LONGEST_GRACE_SECONDS, 'Duration must be between 0 and 7 days')
        .meta({ description: 'How long the old secret still signs', minimum: 0, default: DAY_SECONDS })
        .register(wireRules, { range: [0, 0xffff_ffff] })
        .nullish(),
    })
    .meta({ id });

const rotateIn = memoize(() => rotationIn('EndpointSecretRotateIn'));
export const operationalRotateIn = memoize(() => rotationIn('OperationalWebhookEndpointSecretIn'));

/**
 * The previous secrets after the current one was added to them; undefined if there would be too many. A previous secret
 * that becomes current again is removed from them.
 */
const retire = (
  { secret: current, oldSecrets }: Endpoint,
  isNext: (secret: SealedSecret) => boolean,
  expiresAt: number,
  nowMs: number,
): readonly SealedSecret[] | undefined => {
  const all = [{ sealed: current.sealed, expiresAt }, ...oldSecrets];
  const live = all.filter((old) => old.expiresAt !== null && old.expiresAt > nowMs && !isNext(old));
  return live.length > MOST_OLD_SECRETS ? undefined : live;
};

/** Whether the client parses the new key from the response. Clients before 2.7 expect an empty one (204). */
const readsRotatedKey = (request: Request): boolean => {
  const [, major, minor] = /^svix-libs\/(\d+)\.(\d+)/.exec(request.headers.get('user-agent') ?? '') ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 7);
};

const replaceSecret = async (
  deps: Deps,
  { orgId, appId, id }: Endpoint,
  plainText: string,
  expiresAt: number,
  nowMs: number,
): Promise<void> => {
  const next: SealedSecret = { sealed: deps.secrets.seal(plainText, id), expiresAt: null };
  const isNext = ({ sealed }: SealedSecret) => deps.secrets.open(sealed, id) === plainText;
  const change = (current: Endpoint) => {
    if (isNext(current.secret)) return {};
    const oldSecrets = retire(current, isNext, expiresAt, nowMs);
    return oldSecrets === undefined ? undefined : { secret: next, oldSecrets };
  };
  mustBeWritten(
    await deps.endpoints.change(orgId, appId, id, change, nowMs),
    new Refusal('limit_reached', 'You cannot have more than 10 active secrets at a time.'),
  );
};

/** Rotates the secret of an endpoint and returns the new key. Throws Refusal. */
export const rotateKey = async (
  deps: Deps,
  application: Application,
  idOrUid: string,
  { key, gracePeriodSeconds }: ValueOf<typeof rotateIn>,
  nowMs: number,
): Promise<string> => {
  const endpoint = await mustFindEndpoint(deps, application, idOrUid);
  const plainText = key ?? (await newSecret(deps, application.orgId));
  await deps.secrets.ready([endpoint.secret, ...endpoint.oldSecrets].map(({ sealed }) => sealed));
  const isCurrent = deps.secrets.open(endpoint.secret.sealed, endpoint.id) === plainText;
  const expiresAt = nowMs + (gracePeriodSeconds ?? DAY_SECONDS) * 1000;
  // A rotation to the current key changes nothing.
  if (!isCurrent) await replaceSecret(deps, endpoint, plainText, expiresAt, nowMs);
  return readable(plainText);
};

const rotate = applicationOperation({
  operationId: 'v1.endpoint.rotate-secret',
  needs: 'ManageEndpointSecret',
  method: 'POST',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret/rotate',
  summary: 'Rotate the signing secret; the old one also signs during the grace period',
  body: rotateIn,
  responses: () => ({ 200: endpointSecretOut(), 204: null }),
  handle: async ({ deps, call, application, param, body, nowMs }) => {
    const key = await rotateKey(deps, application, param('endpoint_id'), body, nowMs);
    if (!readsRotatedKey(call.request)) return { status: 204 };
    return { status: 200, body: { key } };
  },
});

export const endpointSecretOperations = tagged('Endpoint', [get, rotate]);
