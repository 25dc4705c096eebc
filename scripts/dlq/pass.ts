import type { FailureLog } from '../../functions/platform/lambda/failure-log.dynamo.ts';
import type { Filter } from './filter.ts';
import { matches } from './filter.ts';
import { parseDeadLetter, withFailure } from './dead-letter.ts';
import type { Consumer, QueuedDeadLetter } from './dead-letter.ts';
import type { Walk } from './walk.ts';

/** A dead letter that could not be replayed and stays in its queue, and why. */
export interface Remaining {
  readonly deadLetter: QueuedDeadLetter;
  readonly why: string;
}

/** Sends dead letters to their consumer again. Throws for transient failures; `remaining` are permanent ones. */
export type Replay = (
  deadLetters: readonly QueuedDeadLetter[],
) => Promise<{ readonly done: readonly QueuedDeadLetter[]; readonly remaining: readonly Remaining[] }>;

export interface Pass {
  readonly walk: Walk;
  readonly failureLog: Pick<FailureLog, 'read'>;
  readonly consumer: Consumer;
  /** The `queue` of its entries in the failure log: the queue's name, or the function name of a stream reader. */
  readonly failureLogQueue: string;
  readonly filter: Filter;
  /** The most dead letters to select; undefined: all. */
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
}

const nextWithFailures = async ({
  walk,
  failureLog,
  consumer,
  failureLogQueue,
}: Pass): Promise<readonly QueuedDeadLetter[] | undefined> => {
  const deadLetters = (await walk.next())?.map(parseDeadLetter);
  if (deadLetters === undefined) return undefined;
  const failures = await failureLog.read(
    failureLogQueue,
    deadLetters.map(({ failureLogRecord }) => failureLogRecord),
  );
  return deadLetters.map((one) => withFailure(one, consumer, failures.get(one.failureLogRecord)));
};

/**
 * Calls `handle` with the matching dead letters, up to ten at a time and each once. At the end, also after an error,
 * makes those that were not removed visible again. Returns how many matched.
 */
export const eachMatch = async (
  pass: Pass,
  handle: (deadLetters: readonly QueuedDeadLetter[]) => Promise<void>,
): Promise<number> => {
  const { walk, filter, limit = Number.POSITIVE_INFINITY, signal } = pass;
  let count = 0;
  try {
    while (count < limit && !signal.aborted) {
      const deadLetters = await nextWithFailures(pass);
      if (deadLetters === undefined) break;
      const selected = deadLetters
        .filter((deadLetter) => matches(filter, deadLetter))
        .slice(0, limit - count);
      if (selected.length > 0) await handle(selected);
      count += selected.length;
    }
    return count;
  } finally {
    await walk.release();
  }
};

/** Limits the rate to `rate` dead letters a second: waits after each batch for the time that its size takes. */
export const makePace =
  (rate: number, sleep: (ms: number) => Promise<void>) =>
  (deadLetters: number): Promise<void> =>
    sleep((deadLetters / rate) * 1000);

export interface Replaying extends Pass {
  readonly replay: Replay;
  readonly pace: (deadLetters: number) => Promise<void>;
  readonly progress: (done: number, remaining: readonly Remaining[]) => void;
}

/** Sends before it removes: a stop between the two replays the same delivery or record again and loses nothing. */
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
