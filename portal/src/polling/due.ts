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
export const refreshAtMs = ({ fetchStatus, dataUpdatedAt, error, errorUpdatedAt }: Fetched): number => {
  if (fetchStatus !== 'idle' || dataUpdatedAt === 0) return never;
  if (error === null) return dataUpdatedAt + POLL_EVERY_MS;
  return isTemporary(error) ? errorUpdatedAt + POLL_EVERY_MS : never;
};

/** When a query that failed before it ever loaded is tried again, with backoff; what does not exist is not. */
export const retryAtMs = ({
  fetchStatus,
  dataUpdatedAt,
  error,
  errorUpdatedAt,
  errorUpdateCount,
}: Fetched): number => {
  if (fetchStatus !== 'idle' || dataUpdatedAt !== 0 || !isTemporary(error)) return never;
  return errorUpdatedAt + Math.min(MOST_BACKOFF_MS, POLL_EVERY_MS * 2 ** (errorUpdateCount - 1));
};
