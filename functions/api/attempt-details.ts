import type { Application } from '../catalog/applications/application.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { requestHeaders } from '../deliver/http-client/request-headers.ts';
import { signedHeaderNames } from '../deliver/signing/header-names.domain.ts';
import type { SigningKey } from '../deliver/signing/endpoint-secret.ts';
import { signatureHeaders } from '../deliver/signing/sign.ts';
import type { Message } from '../messages/message.domain.ts';
import { settleAll } from '../platform/settle.domain.ts';
import type { Caller } from './authentication/auth.ts';
import { permits } from './authentication/capabilities.domain.ts';
import type { Deps } from './deps.ts';
import { settingsOf } from './endpoint-rules.ts';
import { printDetails } from './schemas/attempt-details.ts';
import type { KnownRequest, ShownHeader } from './schemas/attempt-details.ts';
import { isSensitive } from './schemas/endpoint-headers.ts';
import { wholeSeconds } from '../platform/limits/time.domain.ts';

/** Headers as they are shown: sensitive ones, and those named, without their values. */
export const shownHeaders = (
  headers: readonly (readonly [name: string, value: string])[],
  masked: readonly string[] = [],
): ShownHeader[] =>
  headers.map(([name, value]) => ({
    name,
    value: isSensitive(name) || masked.includes(name.toLowerCase()) ? null : value,
  }));

/** Whether a caller may see signatures, which only the endpoint's secret can make. */
export const maySeeSecrets = (caller: Caller): boolean =>
  caller.kind === 'organization' || permits(caller.capabilities, 'ViewEndpointSecret');

/** What the request of an attempt is computed from. */
interface Source {
  readonly settings: OrganizationSettings;
  readonly endpoint: Endpoint | undefined;
  readonly message: Message | undefined;
  /** null: the payload is gone. undefined: it was not read. */
  readonly body: Uint8Array | null | undefined;
}

const CONTENT_LENGTH = 'content-length';

/** Which keys signed is known only while the endpoint is unchanged. */
const isUnchanged = (attempt: Attempt, endpoint: Endpoint | undefined): endpoint is Endpoint =>
  endpoint !== undefined && endpoint.updatedAt <= attempt.at;

/**
 * The headers that an attempt was sent with, computed again. Without the body the signature and the length are left out;
 * they are computed for single attempts only, since the payloads of a page have no bound.
 */
const knownRequest = (
  { caller }: Pick<DetailsOf, 'caller'>,
  attempt: Attempt,
  { settings: { webhookHeaderPrefix: prefix }, endpoint, message, body }: Source,
  keys: readonly SigningKey[] = [],
): KnownRequest | null => {
  const url = URL.parse(attempt.url);
  if (attempt.decision.kind === 'canceled' || url === null) return null;
  const asSent = isUnchanged(attempt, endpoint) && message !== undefined;
  const signs = asSent && body != null && maySeeSecrets(caller);
  const [, , signatures] = signedHeaderNames(prefix);
  const signed = signatureHeaders({
    ...{ prefix, messageId: attempt.messageId, timestampSeconds: wholeSeconds(attempt.at) },
    body: body ?? new Uint8Array(),
    keys: signs ? keys : [],
  });
  const contentType = message?.contentType ?? null;
  const all = requestHeaders(
    url,
    {
      signed: [...signed, ...(contentType === null ? [] : [['Content-Type', contentType] as const])],
      custom: Object.entries(endpoint?.headers ?? {}),
    },
    body?.length ?? 0,
  );
  const known = body == null ? all.filter(([name]) => name.toLowerCase() !== CONTENT_LENGTH) : all;
  return { asSent, headers: shownHeaders(known, signs ? [] : [signatures]) };
};

export interface DetailsOf {
  readonly deps: Deps;
  readonly application: Application;
  readonly caller: Caller;
  readonly nowMs: number;
}

/** Reads what the details of a page of attempts need; `messages`: theirs. */
export const readDetails = async (
  of: DetailsOf,
  attempts: readonly Attempt[],
  messages: ReadonlyMap<string, Message>,
  withContent: boolean,
) => {
  const { deps, application } = of;
  const ids = [...new Set(attempts.map(({ endpointId }) => endpointId))];
  const [settings, found] = await settleAll([
    settingsOf(deps, application.orgId),
    deps.endpoints.findMany(application.orgId, application.id, ids),
  ]);
  const endpoints = new Map<string, Endpoint>(found.map((endpoint) => [endpoint.id, endpoint]));
  return (attempt: Attempt) => {
    const message = messages.get(attempt.messageId);
    const endpoint = endpoints.get(attempt.endpointId);
    const request = knownRequest(of, attempt, { settings, endpoint, message, body: undefined });
    return printDetails(attempt, request, withContent);
  };
};

/** The details of one attempt, with length and signature of its request. */
export const detailsOfOne = async (of: DetailsOf, attempt: Attempt, message: Message) => {
  const { deps, application, nowMs } = of;
  const [settings, [endpoint], [body]] = await settleAll([
    settingsOf(deps, application.orgId),
    deps.endpoints.findMany(application.orgId, application.id, [attempt.endpointId]),
    deps.messages.bodies([message], nowMs),
  ]);
  const signs = isUnchanged(attempt, endpoint) && body != null && maySeeSecrets(of.caller);
  const keys = signs ? await deps.signingKeys(endpoint, attempt.at) : [];
  return printDetails(attempt, knownRequest(of, attempt, { settings, endpoint, message, body }, keys), true);
};
