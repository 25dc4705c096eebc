import type { AppId } from '../platform/ids/brand.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { Claim, MessageStore, PublishOutcome } from './messages.port.ts';

type Accepted = Extract<PublishOutcome, { kind: 'accepted' }>;

/** Finds messages that earlier requests published. */
export interface Published {
  /** The message of a claim; undefined if a crash prevented its write. */
  ofClaim(orgId: Message['orgId'], claim: Claim, requestDigest: string | null): Promise<Accepted | undefined>;
  /** The message of a key, unless it belongs to another application than the repeat's (null: any application). */
  ofKey(orgId: Message['orgId'], digest: string, repeat: Repeat): Promise<Accepted | undefined>;
}

export interface Repeat {
  readonly requestDigest: string | null;
  readonly appId: AppId | null;
}

export const makePublished = ({
  messages,
  readBody,
  now,
}: {
  readonly messages: Pick<MessageStore, 'claimed' | 'get'>;
  readonly readBody: (message: Message, nowMs: number) => Promise<Uint8Array | null>;
  readonly now: () => number;
}): Published => {
  const ofClaim: Published['ofClaim'] = async (orgId, claim, requestDigest) => {
    const message = await messages.get(orgId, claim.appId, claim.messageId);
    if (message === undefined) return undefined;
    const replayed = { mismatch: claim.requestDigest !== requestDigest };
    return { kind: 'accepted', message, body: await readBody(message, now()), replayed };
  };
  return {
    ofClaim,
    ofKey: async (orgId, digest, { requestDigest, appId }) => {
      const claim = await messages.claimed(digest, orgId, now());
      if (claim === undefined || (appId !== null && claim.appId !== appId)) return undefined;
      return ofClaim(orgId, claim, requestDigest);
    },
  };
};
