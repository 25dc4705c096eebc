import type { Application } from '../catalog/applications/application.domain.ts';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { resolveSettings } from '../catalog/settings/settings.domain.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import type { Conflict, EndpointFields, LimitReached, NotFound, Written } from '../catalog/catalog.port.ts';
import { endpointLimits } from '../catalog/endpoints/endpoint-size.domain.ts';
import type { EndpointLimits } from '../platform/limits/endpoints.domain.ts';
import { formatPrivate, generateSecret } from '../deliver/signing/endpoint-secret.ts';
import type { Deps } from './deps.ts';
import { Invalid, Refusal, invalid } from './errors.ts';
import type { ValidationError } from './errors.ts';
import { setsSignedHeader } from './schemas/endpoint-headers.ts';
import { isName } from '../platform/wire/fields.ts';
import { settleAll } from '../platform/settle.domain.ts';

/** Rules for endpoints that depend on the organization's settings and event types. */

export const settingsOf = async (deps: Deps, orgId: OrgId): Promise<OrganizationSettings> =>
  resolveSettings(deps.settingsDefaults, await deps.settings.overrides(orgId));

const validationError = (field: string, msg: string): ValidationError => ({
  loc: ['body', field],
  msg,
  type: 'value_error',
});

const urlErrors = async (deps: Deps, orgId: OrgId, url: string | undefined) => {
  if (url === undefined || url.startsWith('https:')) return [];
  const { endpointHttpsOnly } = await settingsOf(deps, orgId);
  return endpointHttpsOnly ? [validationError('url', 'Endpoint URL schemes must be https')] : [];
};

/** Reads the endpoint that is to be changed; undefined: there is none. */
type ReadCurrent = () => Promise<Endpoint | undefined>;

const eventTypeErrors = async (
  deps: Deps,
  orgId: OrgId,
  names: EndpointFields['eventTypes'] | undefined,
  readCurrent: ReadCurrent,
) => {
  if (names === undefined || names === null) return [];
  const known = await deps.eventTypes.known(orgId, names);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return [];
  // Those that were archived since they were chosen.
  const kept = new Set((await readCurrent())?.eventTypes);
  const added = unknown.filter((name) => !kept.has(name));
  if (added.length === 0) return [];
  return [validationError('eventTypes', `The following event types don't exist: ${added.join(', ')}`)];
};

const readNothing: ReadCurrent = () => Promise.resolve(undefined);

/**
 * Throws Invalid for a URL scheme that the organization forbids, and for event types that it does not have and the endpoint
 * that is to be changed neither.
 */
export const checkEndpoint = async (
  deps: Deps,
  orgId: OrgId,
  fields: Partial<Pick<EndpointFields, 'url' | 'eventTypes'>>,
  readCurrent: ReadCurrent = readNothing,
): Promise<void> => {
  const errors = await settleAll([
    urlErrors(deps, orgId, fields.url),
    eventTypeErrors(deps, orgId, fields.eventTypes, readCurrent),
  ]);
  if (errors.flat().length > 0) throw new Invalid(errors.flat());
};

const LIMITS = {
  endpoints: (most: number) => `An application may have at most ${most} endpoints: delete one first.`,
  applicationBytes: (most: number) =>
    `The endpoints of an application may have at most ${most} bytes together: URLs, descriptions, uids, event types, ` +
    'channels, metadata and headers count.',
  endpointBytes: (most: number) =>
    `An endpoint may have at most ${most} bytes: its URL, description, uid, event types, channels, metadata and headers ` +
    'count.',
} as const;

type WriteOutcome<Item> = Written<Item> | Conflict | NotFound | LimitReached | { readonly kind: 'refused' };

/** The item that was written. Throws Refusal, and `refused` where the change itself declined. */
export const mustBeWritten = <Item>(
  outcome: WriteOutcome<Item>,
  refused: Error = new Refusal('not_found'),
): Item => {
  switch (outcome.kind) {
    case 'written':
      return outcome.item;
    case 'conflict':
      throw new Refusal('conflict');
    case 'not-found':
      throw new Refusal('not_found');
    case 'limit-reached':
      throw new Refusal('limit_reached', LIMITS[outcome.which](outcome.most));
    case 'refused':
      throw refused;
  }
};

/** The limits of the endpoints of an application of this organization. */
export const endpointLimitsOf = async (deps: Deps, orgId: OrgId): Promise<EndpointLimits> =>
  endpointLimits(await settingsOf(deps, orgId));

/** The contract's `loc` and `type` of errors about headers: of a whole set, and of a patch. */
export const HEADERS_AT = {
  whole: { loc: ['body', 'headers'], type: 'value_error.jsondecode' },
  patch: { loc: ['body', 'headers', '__all__'], type: 'value_error' },
} as const;
export type HeadersLocation = (typeof HEADERS_AT)[keyof typeof HEADERS_AT];

/**
 * Throws Invalid for names of signature headers with the organization's prefix, which delivery never lets custom
 * headers replace.
 */
export const checkSignedHeaders = async (
  deps: Deps,
  orgId: OrgId,
  given: Readonly<Record<string, string | null>>,
  at: HeadersLocation,
): Promise<void> => {
  if (!setsSignedHeader(given, 'webhook')) return;
  const { webhookHeaderPrefix } = await settingsOf(deps, orgId);
  if (!setsSignedHeader(given, webhookHeaderPrefix)) return;
  throw invalid(at.loc, 'Header is forbidden: the sender sets it.', at.type);
};

/** Generates a secret of the organization's signature type. */
export const newSecret = async (deps: Deps, orgId: OrgId): Promise<string> => {
  const { defaultSignatureType } = await settingsOf(deps, orgId);
  return formatPrivate(generateSecret(defaultSignatureType, deps.randomBytes));
};

export const findEndpoint = async (
  deps: Deps,
  application: Application,
  idOrUid: string,
): Promise<Endpoint | undefined> =>
  isName(idOrUid) ? deps.endpoints.find(application.orgId, application.id, idOrUid) : undefined;

/** Throws Refusal (404). */
export const mustFindEndpoint = async (
  deps: Deps,
  application: Application,
  idOrUid: string,
): Promise<Endpoint> => {
  const endpoint = await findEndpoint(deps, application, idOrUid);
  if (endpoint === undefined) throw new Refusal('not_found');
  return endpoint;
};

/** Throws Refusal (400) if the endpoint is disabled, since a message for it would be accepted and then dropped. */
export const mustBeEnabled = ({ disabled }: Pick<Endpoint, 'disabled'>): void => {
  if (disabled) throw new Refusal('endpoint_disabled');
};
