import type { Attempt } from '../../api/types.ts';

const SUCCESS = 0;

/** The instant of the attempt that is to follow the newest one; null: none follows. */
export const upcoming = (attempts: readonly Attempt[]): string | null => {
  if (attempts.some(({ status }) => status === SUCCESS)) return null;
  const waiting = attempts.flatMap(({ details }) => details?.nextAttemptAt ?? []);
  const latest = attempts[0]?.timestamp ?? '';
  return waiting.filter((at) => at > latest).toSorted()[0] ?? null;
};
