import { factOfAttempt, factsOfEndpoint } from '../domain/facts.ts';
import type { CatalogedEndpoint, Fact } from '../domain/facts.ts';
import type { Attempt } from '../domain/attempt.ts';

export interface EndpointChange {
  readonly before: CatalogedEndpoint | undefined;
  readonly after: CatalogedEndpoint;
}

/** The port to the event bus. Returns when every fact was accepted, or throws. */
export interface Announcements {
  put(facts: readonly Fact[]): Promise<void>;
}

/** Says what happened, on the event bus. A repeat says the same again, with the same fact id. */
export const makeAnnounce = (announcements: Announcements) => {
  const put = async (facts: readonly Fact[]) => {
    if (facts.length > 0) await announcements.put(facts);
  };
  return {
    attempts: (attempts: readonly Attempt[]) =>
      put(attempts.map(factOfAttempt).filter((fact) => fact !== undefined)),
    endpoints: (changes: readonly EndpointChange[]) =>
      put(changes.flatMap(({ before, after }) => factsOfEndpoint(before, after))),
  };
};
