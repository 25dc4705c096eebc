import { MutationCache, QueryCache } from '@tanstack/preact-query';
import type { QueryClient } from '@tanstack/preact-query';
import { isMissing } from './problem.ts';

/** Marks queries of what may be deleted elsewhere, and of the lists that it is in. */
export const MAY_VANISH = { mayVanish: true } as const;

/**
 * Caches that ask again for everything on the screen that may be deleted, once any request learned that something does not
 * exist: so the screen of an endpoint says that it was deleted, whichever of its parts or buttons found out.
 */
export const watchfulCaches = (client: () => QueryClient) => {
  const onError = (thrown: unknown) => {
    if (!isMissing(thrown)) return;
    void client().refetchQueries(
      {
        type: 'active',
        predicate: ({ meta, state }) => meta?.['mayVanish'] === true && !isMissing(state.error),
      },
      { cancelRefetch: false },
    );
  };
  return { queryCache: new QueryCache({ onError }), mutationCache: new MutationCache({ onError }) };
};
