import type { Facts } from '../platform/lambda/facts.ts';
import type { MessageStore } from './messages.port.ts';

type Reported = Pick<MessageStore, 'claim' | 'store'>;

/** The store, counting messages that it accepted, and repeats of publish requests that made no second one. */
export const reportAccepted = <Store extends Reported>(facts: Facts, store: Store): Store => ({
  ...store,
  claim: async (...args: Parameters<Reported['claim']>) => {
    const claim = await store.claim(...args);
    if (claim.messageId !== args[1].messageId) facts.count('DuplicatesAvoided');
    return claim;
  },
  store: async (...args: Parameters<Reported['store']>) => {
    const stored = await store.store(...args);
    if (stored.kind === 'stored') facts.count('Accepted');
    return stored;
  },
});
