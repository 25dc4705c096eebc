import { expect, it } from 'vitest';
import { makeFacts } from '../../../functions/platform/lambda/facts.ts';
import { reportAccepted } from '../../../functions/publish/accepted-facts.ts';
import type { Claim, MessageStore } from '../../../functions/publish/messages.port.ts';
import { APP, MESSAGE, NOON, ORG, message, seededIds } from '../../support/simulation/builders.ts';

it('messages that were stored count as accepted, and repeats of a request as duplicates avoided', async () => {
  const lines: unknown[] = [];
  const facts = makeFacts({ now: () => NOON, write: (line) => lines.push(JSON.parse(line)) });
  const mine: Claim = { appId: APP, messageId: MESSAGE, requestDigest: 'd' };
  const claims = [mine, { ...mine, messageId: seededIds().message(NOON) }];
  const stored = [{ kind: 'stored' }, { kind: 'stored' }, { kind: 'id-taken' }] as const;
  let [nextClaim, nextStored] = [0, 0];
  const store = reportAccepted<Pick<MessageStore, 'claim' | 'store'>>(facts, {
    claim: async () => claims[nextClaim++]!,
    store: async () => stored[nextStored++]!,
  });
  for (const _ of claims) await store.claim('k', mine, ORG, NOON);
  for (const _ of stored) await store.store(message(), NOON);
  facts.flush('publish-dev');
  expect(lines).toMatchObject([{ function: 'publish-dev', Accepted: 2, DuplicatesAvoided: 1 }]);
});
