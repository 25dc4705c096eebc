import { useQueryClient } from '@tanstack/preact-query';
import type { QueryKey } from '@tanstack/preact-query';
import { useEffect } from 'preact/hooks';
import { Poller } from './poller.ts';

const poller = new Poller(
  () => Date.now(),
  () => document.visibilityState === 'visible' && navigator.onLine,
);

const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'visibilitychange', 'focus'];

/** Starts the page's one timer. */
export const startPolling = (): void => {
  for (const name of INPUTS) addEventListener(name, () => poller.active(), { passive: true, capture: true });
  setInterval(() => poller.tick(), 1_000);
};

/** Keeps a query fresh while this component is on the screen; see Poller for the limits. */
export const usePolling = (queryKey: QueryKey, enabled = true): void => {
  const client = useQueryClient();
  const hash = JSON.stringify(queryKey);
  useEffect(() => {
    if (!enabled) return;
    return poller.register({
      // A failure stays on the screen: fetching again what never loaded would show it as loading each time.
      fetchedAtMs: () => client.getQueryState(queryKey)?.dataUpdatedAt || Infinity,
      fetch: () => void client.refetchQueries({ queryKey, exact: true, type: 'active' }),
    });
    // The key's content, not its identity, decides.
  }, [client, hash, enabled]);
};
