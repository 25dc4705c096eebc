import { isTemporary } from '../api/problem.ts';
import { POLL_EVERY_MS } from './poller.ts';

/** The longest pause between two requests for what cannot be loaded. */
export const MOST_BACKOFF_MS = 60_000;

/** What is known about a query; the names are those of TanStack Query. */
export interface Fetched {
  readonly fetchStatus: string;
  /** 0: never. */
  readonly dataUpdatedAt: number;
  readonly error: unknown;
  readonly errorUpdatedAt: number;
  /** Failures since the page was opened. */
  readonly errorUpdateCount: number;
}

const never = Number.POSITIVE_INFINITY;

/** When a query that loaded is fetched again to stay fresh: not while it is being fetched, and not after a refusal. */
export const refreshAtMs = (
  { fetchStatus, dataUpdatedAt, error, errorUpdatedAt }: Fetched,
  everyMs = POLL_EVERY_MS,
): number => {
  if (fetchStatus !== 'idle' || dataUpdatedAt === 0) return never;
  if (error === null) return dataUpdatedAt + everyMs;
  return isTemporary(error) ? errorUpdatedAt + everyMs : never;
};

/** The pause after so many failures. */
export const backoffMs = (failures: number): number =>
  Math.min(MOST_BACKOFF_MS, POLL_EVERY_MS * 2 ** (failures - 1));

/** When a query that failed, before it ever loaded or later, is tried again, with backoff; what does not exist is not. */
export const retryAtMs = ({ fetchStatus, error, errorUpdatedAt, errorUpdateCount }: Fetched): number =>
  fetchStatus !== 'idle' || !isTemporary(error) ? never : errorUpdatedAt + backoffMs(errorUpdateCount);

/** From this age on, what cannot be renewed counts as out of date: it missed two polls. */
export const STALE_AFTER_MS = 2 * POLL_EVERY_MS;

/** Whether a query shows data that is out of date, since it cannot be renewed. */
export const isStale = ({
  dataUpdatedAt,
  error,
  errorUpdatedAt,
}: Pick<Fetched, 'dataUpdatedAt' | 'error' | 'errorUpdatedAt'>): boolean =>
  dataUpdatedAt !== 0 && isTemporary(error) && errorUpdatedAt - dataUpdatedAt >= STALE_AFTER_MS;
