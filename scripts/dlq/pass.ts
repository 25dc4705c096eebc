import type { LastErrors } from '../../functions/platform/lambda/failure-log.dynamo.ts';
import type { Filter } from './filter.ts';
import { matches } from './filter.ts';
import { letterOf, named } from './dead-letter.ts';
import type { Letter, Origin } from './dead-letter.ts';
import type { Walk } from './walk.ts';

/** A letter that stays, and why. */
export interface Kept {
  readonly letter: Letter;
  readonly why: string;
}

/** What became of letters: those that are on their way again, and those that cannot be. Throws for what may pass. */
export type Replay = (
  letters: readonly Letter[],
) => Promise<{ readonly done: readonly Letter[]; readonly kept: readonly Kept[] }>;

export interface Pass {
  readonly walk: Walk;
  readonly lastErrors: Pick<LastErrors, 'read'>;
  readonly origin: Origin;
  /** Under what name its workers remember errors: the queue's own, or the function's that reads a stream. */
  readonly memory: string;
  readonly filter: Filter;
  /** Letters at most; undefined: all. */
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
}

const storied = async ({
  walk,
  lastErrors,
  origin,
  memory,
}: Pass): Promise<readonly Letter[] | undefined> => {
  const letters = (await walk.next())?.map(named);
  if (letters === undefined) return undefined;
  const errors = await lastErrors.read(
    memory,
    letters.map(({ name }) => name),
  );
  return letters.map((one) => letterOf(one, origin, errors.get(one.name)));
};

/**
 * Shows the letters that match, up to ten at a time, each once, and puts those that `see` did not remove back in sight
 * at the end, however it ends. Answers how many there were.
 */
export const eachMatch = async (
  pass: Pass,
  see: (letters: readonly Letter[]) => Promise<void>,
): Promise<number> => {
  const { walk, filter, limit = Number.POSITIVE_INFINITY, signal } = pass;
  let count = 0;
  try {
    while (count < limit && !signal.aborted) {
      const letters = await storied(pass);
      if (letters === undefined) break;
      const wanted = letters.filter((letter) => matches(filter, letter)).slice(0, limit - count);
      if (wanted.length > 0) await see(wanted);
      count += wanted.length;
    }
    return count;
  } finally {
    await walk.release();
  }
};

/** Lets no more than `rate` letters a second by; waits after each call as long as they take up. */
export const makePace =
  (rate: number, sleep: (ms: number) => Promise<void>) =>
  (letters: number): Promise<void> =>
    sleep((letters / rate) * 1000);

export interface Replaying extends Pass {
  readonly replay: Replay;
  readonly pace: (letters: number) => Promise<void>;
  readonly progress: (done: number, kept: readonly Kept[]) => void;
}

/** Sends first and removes then: a stop between repeats a letter under its identity, and loses none. */
export const replayMatches = async (
  pass: Replaying,
): Promise<{ readonly done: number; readonly kept: number }> => {
  let done = 0;
  let kept = 0;
  await eachMatch(pass, async (letters) => {
    const outcome = await pass.replay(letters);
    await pass.walk.remove(outcome.done);
    done += outcome.done.length;
    kept += outcome.kept.length;
    pass.progress(done, outcome.kept);
    await pass.pace(outcome.done.length);
  });
  return { done, kept };
};
