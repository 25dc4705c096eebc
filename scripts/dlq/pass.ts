import type { FailureLog } from '../../functions/platform/lambda/failure-log.dynamo.ts';
import type { Filter } from './filter.ts';
import { matches } from './filter.ts';
import { deadLetterOf, named } from './dead-letter.ts';
import type { QueuedDeadLetter, EventContext } from './dead-letter.ts';
import type { Walk } from './walk.ts';

/** A letter that stays, and why. */
export interface Remaining {
  readonly deadLetter: QueuedDeadLetter;
  readonly why: string;
}

/** What became of letters: those that are on their way again, and those that cannot be. Throws for what may pass. */
export type Replay = (
  deadLetters: readonly QueuedDeadLetter[],
) => Promise<{ readonly done: readonly QueuedDeadLetter[]; readonly remaining: readonly Remaining[] }>;

export interface Pass {
  readonly walk: Walk;
  readonly failureLog: Pick<FailureLog, 'read'>;
  readonly origin: EventContext;
  /** Under what name its workers remember errors: the queue's own, or the function's that reads a stream. */
  readonly memory: string;
  readonly filter: Filter;
  /** Letters at most; undefined: all. */
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
}

const storied = async ({
  walk,
  failureLog,
  origin,
  memory,
}: Pass): Promise<readonly QueuedDeadLetter[] | undefined> => {
  const deadLetters = (await walk.next())?.map(named);
  if (deadLetters === undefined) return undefined;
  const errors = await failureLog.read(
    memory,
    deadLetters.map(({ name }) => name),
  );
  return deadLetters.map((one) => deadLetterOf(one, origin, errors.get(one.name)));
};

/**
 * Shows the letters that match, up to ten at a time, each once, and puts those that `see` did not remove back in sight
 * at the end, however it ends. Answers how many there were.
 */
export const eachMatch = async (
  pass: Pass,
  see: (deadLetters: readonly QueuedDeadLetter[]) => Promise<void>,
): Promise<number> => {
  const { walk, filter, limit = Number.POSITIVE_INFINITY, signal } = pass;
  let count = 0;
  try {
    while (count < limit && !signal.aborted) {
      const deadLetters = await storied(pass);
      if (deadLetters === undefined) break;
      const wanted = deadLetters.filter((deadLetter) => matches(filter, deadLetter)).slice(0, limit - count);
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
  (deadLetters: number): Promise<void> =>
    sleep((deadLetters / rate) * 1000);

export interface Replaying extends Pass {
  readonly replay: Replay;
  readonly pace: (deadLetters: number) => Promise<void>;
  readonly progress: (done: number, remaining: readonly Remaining[]) => void;
}

/** Sends first and removes then: a stop between repeats a letter under its identity, and loses none. */
export const replayMatches = async (
  pass: Replaying,
): Promise<{ readonly done: number; readonly remaining: number }> => {
  let done = 0;
  let remaining = 0;
  await eachMatch(pass, async (deadLetters) => {
    const outcome = await pass.replay(deadLetters);
    await pass.walk.remove(outcome.done);
    done += outcome.done.length;
    remaining += outcome.remaining.length;
    pass.progress(done, outcome.remaining);
    await pass.pace(outcome.done.length);
  });
  return { done, remaining };
};
