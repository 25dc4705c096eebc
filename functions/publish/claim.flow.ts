import type { Tenant, Tenants } from '../catalog/catalog.port.ts';
import type { MessageId } from '../platform/ids/brand.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Step } from '../platform/steps/steps.ts';
import type { Claim, MessageStore, PublishRequest } from './messages.port.ts';

export interface ClaimDeps {
  readonly tenants: Pick<Tenants, 'resolve'>;
  readonly messages: Pick<MessageStore, 'claim'>;
  readonly now: () => number;
  readonly step: Step;
}

export type ClaimRequest = Pick<PublishRequest, 'orgId' | 'application' | 'requestDigest'>;

/** How often one request follows a claim that moves to another application. */
const CLAIM_ROUNDS = 3;

/**
 * `mine`: a new claim. `theirs`: that of an earlier request. `gone`: that of an earlier one, and the application was
 * deleted.
 */
export type Claimed =
  | {
      readonly kind: 'mine' | 'theirs';
      readonly claim: Claim;
      readonly tenant: Tenant;
      readonly at: number;
    }
  | { readonly kind: 'gone'; readonly claim: Claim }
  | { readonly kind: 'contested' };

/**
 * Claims the key for the application of the request. Replaces a claim of another application (which was deleted,
 * say, and another one has its uid now), but first reads the application again, since the claim may be newer than this
 * request's snapshot.
 */
export const makeClaimFor =
  ({ tenants, messages, now, step }: ClaimDeps) =>
  async (
    request: ClaimRequest,
    asked: Tenant,
    digest: string,
    newId: (at: number) => MessageId,
  ): Promise<Claimed> => {
    const { orgId, requestDigest } = request;
    let tenant = asked;
    let instead: Claim | undefined;
    for (let round = 0; round < CLAIM_ROUNDS; round += 1) {
      const at = now();
      const mine: Claim = { appId: tenant.application.id, messageId: newId(at), requestDigest };
      const claim = await messages.claim(digest, mine, orgId, at, instead);
      await step(instead === undefined ? 'publish.claimed' : 'publish.claim-replaced');
      if (claim.messageId === mine.messageId) return { kind: 'mine', claim, tenant, at };
      if (claim.appId !== mine.appId) {
        const current = await tenants.resolve(orgId, request.application);
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
