import type { Ids } from '../platform/ids/ids.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { Tenant, Tenants } from '../catalog/catalog.port.ts';
import type { Claim, MessageStore, Publish, PublishOutcome, PublishRequest } from './messages.port.ts';
import { makeClaimFor } from './claim.flow.ts';
import { makeCreateImplicitly } from './implicit-application.flow.ts';
import { makePublished } from './published.flow.ts';
import { admitAll } from './publish-limits/publish-limits.flow.ts';
import { acceptAll } from './schema-check/check-payload.flow.ts';
import { makeIsRevoked } from './token-check.flow.ts';
import type { TokenCheckDeps } from './token-check.flow.ts';
import { makeWriteMessage } from './write-message.flow.ts';
import type { AcceptDeps } from './write-message.flow.ts';

export interface PublishDeps extends AcceptDeps, TokenCheckDeps {
  readonly tenants: Tenants;
  readonly messages: MessageStore;
  readonly readBody: (message: Message, nowMs: number) => Promise<Uint8Array | null>;
  readonly ids: Ids;
}

/**
 * Accepts a message: claims its idempotency key, then writes the message once. After a crash between claim and write, a
 * repeat finds the claim and writes the message.
 */
export const makePublish = (deps: PublishDeps): Publish => {
  const { tenants, ids, admit = admitAll, checkPayloads = acceptAll } = deps;

  const published = makePublished(deps);
  const createImplicitly = makeCreateImplicitly(deps);
  const claimFor = makeClaimFor(deps);
  const isRevoked = makeIsRevoked(deps);
  const writeMessage = makeWriteMessage(deps);

  const write = async (
    request: PublishRequest,
    tenant: Tenant,
    claim: Claim,
    at: number,
  ): Promise<PublishOutcome> => {
    const { stored, message } = await writeMessage(request, tenant, claim.messageId, at);
    switch (stored) {
      case 'stored':
        return { kind: 'accepted', message, body: request.body };
      case 'event-id-taken':
        return { kind: 'conflict' };
      case 'event-id-reserved':
        return { kind: 'conflict', isAhead: true };
      case 'id-taken': // a concurrent duplicate with the same claim was faster: answer with its message
        return (await published.ofClaim(request.orgId, claim, request.requestDigest)) ?? { kind: 'conflict' };
    }
  };

  const publishClaimed = async (
    request: PublishRequest,
    asked: Tenant,
    digest: string,
  ): Promise<PublishOutcome> => {
    const claimed = await claimFor(request, asked, digest, (at) => ids.message(at));
    const before = () =>
      claimed.kind === 'theirs' || claimed.kind === 'gone'
        ? published.ofClaim(request.orgId, claimed.claim, request.requestDigest)
        : undefined;
    switch (claimed.kind) {
      case 'contested':
        return { kind: 'conflict' };
      case 'gone':
        return (await before()) ?? { kind: 'application-not-found' };
      case 'mine':
      case 'theirs':
        return (await before()) ?? write(request, claimed.tenant, claimed.claim, claimed.at);
    }
  };

  const accept = (request: PublishRequest, tenant: Tenant): Promise<PublishOutcome> => {
    const { idempotency, requestDigest } = request;
    if (idempotency !== null) return publishClaimed(request, tenant, idempotency);
    const at = deps.now();
    const appId = tenant.application.id;
    return write(request, tenant, { appId, messageId: ids.message(at), requestDigest }, at);
  };

  /** Applies rate limit and schema before the claim, so that a refused request writes nothing under its key. */
  const publishTo = async (request: PublishRequest, tenant: Tenant): Promise<PublishOutcome> => {
    const admitted = await admit(tenant);
    if (admitted.kind === 'limited') return admitted;
    const { refused, violations } = await checkPayloads(tenant)(request);
    if (refused) return { kind: 'schema-violation', violations };
    const outcome = await accept(request, tenant);
    if (outcome.kind !== 'accepted') return outcome;
    const warnings = outcome.replayed === undefined && violations.length > 0 ? { warnings: violations } : {};
    return { ...outcome, ...warnings, limits: admitted.limits };
  };

  return async (request) => {
    const tenant = await tenants.resolve(request.orgId, request.application);
    if (await isRevoked(request, tenant)) return { kind: 'token-revoked' };
    if (tenant !== undefined) return publishTo(request, tenant);
    // The application may have been deleted after the first request: a repeat still gets the first answer.
    const { orgId, idempotency } = request;
    const before =
      idempotency === null
        ? undefined
        : await published.ofKey(orgId, idempotency, { requestDigest: request.requestDigest, appId: null });
    if (before !== undefined) return before;
    const created = request.implicit === null ? undefined : await createImplicitly(request, request.implicit);
    return created === undefined ? { kind: 'application-not-found' } : publishTo(request, created);
  };
};
