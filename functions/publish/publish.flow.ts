import { messageLifetime } from '../platform/limits/retention.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { ApplicationFields, ApplicationStore, Tenant, Tenants } from '../catalog/catalog.port.ts';
import type { Claim, MessageStore, Publish, PublishOutcome, PublishRequest } from './messages.port.ts';
import { makePublished } from './published.flow.ts';
import type { Admitted } from './publish-limits/publish-limits.flow.ts';
import { matchingEndpoints } from '../catalog/endpoints/matching.domain.ts';
import { expectsManyAttempts } from '../messages/attempts-expected.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

export interface PublishDeps {
  readonly tenants: Tenants;
  readonly applications: Pick<ApplicationStore, 'create'>;
  readonly messages: MessageStore;
  readonly readBody: (message: Message, nowMs: number) => Promise<Uint8Array | null>;
  /** The publish rate limit; absent: no limit. */
  readonly admit?: (tenant: Tenant) => Promise<Admitted>;
  readonly ids: Ids;
  readonly now: () => number;
  readonly step: Step;
}

/** How often one request follows a claim that moves to another application. */
const CLAIM_ROUNDS = 3;

/**
 * `mine`: a new claim. `theirs`: that of an earlier request. `gone`: that of an earlier one, and the application was
 * deleted.
 */
type Claimed =
  | {
      readonly kind: 'mine' | 'theirs';
      readonly claim: Claim;
      readonly tenant: Tenant;
      readonly at: number;
    }
  | { readonly kind: 'gone'; readonly claim: Claim }
  | { readonly kind: 'contested' };

/** Matching thousands of endpoints takes time, and changes nothing for an application that has only a few. */
const isIndexed = (request: PublishRequest, { endpoints, settings }: Tenant): boolean =>
  expectsManyAttempts(endpoints.length, settings.retrySchedule) &&
  expectsManyAttempts(matchingEndpoints(endpoints, request).length, settings.retrySchedule);

const UNLIMITED: Admitted = { kind: 'admitted', limits: [] };

/**
 * Accepts a message: claims its idempotency key, then writes the message once. The message item is its own transactional
 * outbox, so an accepted message is never lost. After a crash between claim and write, a repeat finds the claim and
 * writes the message.
 */
export const makePublish = (deps: PublishDeps): Publish => {
  const { tenants, applications, messages, ids, step } = deps;

  const published = makePublished(deps);

  const createImplicitly = async (request: PublishRequest, fields: ApplicationFields) => {
    const at = deps.now();
    await applications.create({
      ...fields,
      orgId: request.orgId,
      id: ids.app(at),
      createdAt: at,
      updatedAt: at,
    });
    // On a conflict a concurrent request created it first; either way it exists now.
    return tenants.resolve(request.orgId, request.application);
  };

  const write = async (
    request: PublishRequest,
    tenant: Tenant,
    claim: Claim,
    at: number,
  ): Promise<PublishOutcome> => {
    const { orgId } = request;
    const { messageId: id } = claim;
    const { deliverAt } = request;
    const { retrySchedule, payloadRetentionDays } = tenant.settings;
    const retentionHours = request.retentionHours ?? payloadRetentionDays * 24;
    const message: Message = {
      orgId,
      appId: tenant.application.id,
      id,
      eventType: request.eventType,
      eventId: request.eventId,
      channels: request.channels,
      tags: request.tags,
      contentType: request.contentType,
      payload: await messages.storePayload(orgId, id, request.body),
      ...messageLifetime({ createdAt: at, deliverAt, retentionHours, retrySchedule }),
      createdAt: at,
      deliverAt,
      onlyEndpoint: request.onlyEndpoint,
      ...(isIndexed(request, tenant) && { indexed: true }),
    };
    await step('publish.payload-stored');
    const stored = await messages.store(message, deps.now());
    await step('publish.stored');
    switch (stored.kind) {
      case 'stored':
        return { kind: 'accepted', message, body: request.body };
      case 'event-id-taken':
        return { kind: 'conflict' };
      case 'id-taken': // a concurrent duplicate with the same claim was faster: answer with its message
        return (await published.ofClaim(orgId, claim, request.requestDigest)) ?? { kind: 'conflict' };
    }
  };

  const newClaim = (request: PublishRequest, tenant: Tenant, at: number): Claim => ({
    appId: tenant.application.id,
    messageId: ids.message(at),
    requestDigest: request.requestDigest,
  });

  /**
   * Claims the key for the application of the request. Replaces a claim of another application (which was deleted,
   * say, and another one has its uid now), but first reads the application again, since the claim may be newer than this
   * request's snapshot.
   */
  const claimFor = async (request: PublishRequest, asked: Tenant, digest: string): Promise<Claimed> => {
    let tenant = asked;
    let instead: Claim | undefined;
    for (let round = 0; round < CLAIM_ROUNDS; round += 1) {
      const at = deps.now();
      const mine = newClaim(request, tenant, at);
      const claim = await messages.claim(digest, mine, request.orgId, at, instead);
      await step(instead === undefined ? 'publish.claimed' : 'publish.claim-replaced');
      if (claim.messageId === mine.messageId) return { kind: 'mine', claim, tenant, at };
      if (claim.appId !== mine.appId) {
        const current = await tenants.resolve(request.orgId, request.application);
        if (current === undefined) return { kind: 'gone', claim };
        tenant = current;
      }
      // A repeat that writes the message after a crash keeps the instant of the first request.
      if (claim.appId === tenant.application.id) {
        return { kind: 'theirs', claim, tenant, at: idTime(claim.messageId) ?? at };
      }
      instead = claim;
    }
    return { kind: 'contested' };
  };

  const publishClaimed = async (
    request: PublishRequest,
    asked: Tenant,
    digest: string,
  ): Promise<PublishOutcome> => {
    const claimed = await claimFor(request, asked, digest);
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
    if (request.idempotency !== null) return publishClaimed(request, tenant, request.idempotency);
    const at = deps.now();
    return write(request, tenant, newClaim(request, tenant, at), at);
  };

  /** Applies the rate limit before the claim, so that a refused request writes nothing under its key. */
  const publishTo = async (request: PublishRequest, tenant: Tenant): Promise<PublishOutcome> => {
    const admitted = deps.admit === undefined ? UNLIMITED : await deps.admit(tenant);
    if (admitted.kind === 'limited') return admitted;
    const outcome = await accept(request, tenant);
    return outcome.kind === 'accepted' ? { ...outcome, limits: admitted.limits } : outcome;
  };

  return async (request) => {
    const tenant = await tenants.resolve(request.orgId, request.application);
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
