/** Attempts at an endpoint by outcome. */
export interface Counts {
  readonly success: number;
  readonly fail: number;
}

export type Health = 'disabled' | 'quiet' | 'healthy' | 'some-failures' | 'failing';

/** From these shares of failures on. Single ones are usual, and are tried again. */
const SOME_SHARE = 0.01;
const FAILING_SHARE = 0.5;

/** How an endpoint is doing, by the counts of the last 24 hours. */
export const healthOf = (disabled: boolean, { success, fail }: Counts): Health => {
  if (disabled) return 'disabled';
  const total = success + fail;
  if (total === 0) return 'quiet';
  const share = fail / total;
  if (share < SOME_SHARE) return 'healthy';
  return share < FAILING_SHARE ? 'some-failures' : 'failing';
};

/** The share of successes; null: there were no attempts. */
export const successShare = ({ success, fail }: Counts): number | null =>
  success + fail === 0 ? null : success / (success + fail);
