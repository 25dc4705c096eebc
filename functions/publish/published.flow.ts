import type { Message } from '../messages/message.domain.ts';
import type { PublishOutcome } from '../messages/messages.port.ts';
import type { Claim, PublishDeps } from './publish.flow.ts';

type Accepted = Extract<PublishOutcome, { kind: 'accepted' }>;

/** What was accepted before. */
export interface Published {
  /** Undefined where a crash came between the claim and the message. */
  ofClaim(orgId: Message['orgId'], claim: Claim): Promise<Accepted | undefined>;
  ofKey(orgId: Message['orgId'], digest: string): Promise<Accepted | undefined>;
}

export const makePublished = ({
  messages,
  readBody,
  now,
}: Pick<PublishDeps, 'readBody' | 'now'> & {
  readonly messages: Pick<PublishDeps['messages'], 'claimed' | 'get'>;
}): Published => {
  const ofClaim: Published['ofClaim'] = async (orgId, claim) => {
    const message = await messages.get(orgId, claim.appId, claim.messageId);
    if (message === undefined) return undefined;
    return { kind: 'accepted', message, body: await readBody(message, now()) };
  };
  return {
    ofClaim,
    ofKey: async (orgId, digest) => {
      const claim = await messages.claimed(digest, orgId, now());
      return claim === undefined ? undefined : ofClaim(orgId, claim);
    },
  };
};
