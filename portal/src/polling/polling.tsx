import { notifyManager, useQueryClient } from '@tanstack/preact-query';
import type { Query, QueryKey } from '@tanstack/preact-query';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isStale, refreshAtMs, retryAtMs } from './due.ts';
import { POLL_EVERY_MS, Poller } from './poller.ts';

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
export const usePolling = (queryKey: QueryKey, enabled = true, everyMs = POLL_EVERY_MS): void => {
  const client = useQueryClient();
  const hash = JSON.stringify(queryKey);
  useEffect(() => {
    if (!enabled) return;
    return poller.register({
      dueAtMs: () => {
        const state = client.getQueryState(queryKey);
        return state === undefined ? Number.POSITIVE_INFINITY : refreshAtMs(state, everyMs);
      },
      fetch: () => void client.refetchQueries({ queryKey, exact: true, type: 'active' }),
    });
    // The key's content, not its identity, decides.
  }, [client, hash, enabled, everyMs]);
};

/**
 * Tries what is on the screen and could not be loaded again by itself, one query at a time; the first answer shows that
 * the server is back, so the others follow at once.
 */
export const useRetries = (): void => {
  const client = useQueryClient();
  useEffect(() => {
    const failed = (): readonly Query[] =>
      client
        .getQueryCache()
        .findAll({ type: 'active', predicate: ({ state }) => Number.isFinite(retryAtMs(state)) })
        .toSorted((one, other) => retryAtMs(one.state) - retryAtMs(other.state));
    const fetch = (queries: readonly Query[]) =>
      client.refetchQueries({ type: 'active', predicate: (query) => queries.includes(query) });
    const retry = async () => {
      const [first] = failed();
      if (first === undefined) return;
      await fetch([first]);
      if (first.state.status === 'success') await fetch(failed());
    };
    return poller.register({
      dueAtMs: () => Math.min(...failed().map(({ state }) => retryAtMs(state))),
      fetch: () => void retry(),
    });
  }, [client]);
};

/** Calls `retry` at an instant; see Poller for the limits. */
export const useRetryAt = (dueAtMs: number, retry: () => void): void => {
  const latest = useRef(retry);
  latest.current = retry;
  useEffect(() => poller.register({ dueAtMs: () => dueAtMs, fetch: () => latest.current() }), [dueAtMs]);
};

/** Whether something on the screen is out of date, since it cannot be renewed. */
export const useIsStale = (): boolean => {
  const client = useQueryClient();
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const cache = client.getQueryCache();
    const update = () =>
      setShown(cache.findAll({ type: 'active', predicate: ({ state }) => isStale(state) }).length > 0);
    update();
    return cache.subscribe(notifyManager.batchCalls(update));
  }, [client]);
  return isShown;
};
