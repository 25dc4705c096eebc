import { setTimeout as wait } from 'node:timers/promises';
import { makeFailureLog } from '../../functions/platform/lambda/failure-log.dynamo.ts';
import { recordAudit } from './audit.ts';
import type { Terminal } from './audit.ts';
import type { Filter } from './filter.ts';
import type { QueuedDeadLetter } from './dead-letter.ts';
import type { Commands, DeadLetterOptions } from './options.ts';
import { eachMatch, makePace, replayMatches } from './pass.ts';
import type { Pass, Replay } from './pass.ts';
import { queueState } from './queue-state.ts';
import { deadLetterQueue, deadLetterQueuesOf, functionNameOf, queueNameOf } from './queues.ts';
import type { DeadLetterQueue } from './queues.ts';
import type { Stage } from './stage.ts';
import { toQueue } from './to-queue.ts';
import { toReader } from './to-reader.ts';
import { batchContents } from './contents.ts';
import { countByReason, countText, describeDeadLetter, listLines } from './view.ts';
import { walk } from './walk.ts';

/** Dead letters that `inspect` shows without `--limit`. */
const DEFAULT_SHOWN = 10;

const filterOf = ({ reason, olderThan, newerThan, app, endpoint }: DeadLetterOptions): Filter => ({
  reason,
  before: olderThan,
  after: newerThan,
  app,
  endpoint,
});

/** The `queue` under which workers record failures: their queue's name, or the function name of a stream reader. */
const failureLogQueueOf = (stage: Stage, { replayTo, worker }: DeadLetterQueue) =>
  replayTo.kind === 'queue' ? queueNameOf(stage.get(replayTo.output)) : functionNameOf(stage.name, worker);

const replayOf = (stage: Stage, { replayTo, worker }: DeadLetterQueue): Replay => {
  const { queues, dynamo, streams, lambda, name, get } = stage;
  switch (replayTo.kind) {
    case 'queue':
      return toQueue(queues, get(replayTo.output), replayTo.keepsEventId);
    case 'stream':
      return toReader({ dynamo, streams, lambda, name: worker, functionName: functionNameOf(name, worker) });
  }
};

/** The commands of `npm run dlq`. `open` connects to a stage by its name. */
export const makeCommands = (open: (stage: string) => Promise<Stage>, terminal: Terminal): Commands => {
  const { say, now, signal } = terminal;

  const passOver = (
    stage: Stage,
    queue: DeadLetterQueue,
    filter: Filter,
    limit: number | undefined,
  ): Pass => ({
    walk: walk(stage.sqs, stage.get(queue.output), now()),
    failureLog: makeFailureLog(stage.dynamo, stage.get('ControlTableName')),
    failureLogQueue: failureLogQueueOf(stage, queue),
    consumer: { queue: queue.name, functionName: functionNameOf(stage.name, queue.worker) },
    filter,
    limit,
    signal,
  });

  const gather = async (stage: Stage, queue: DeadLetterQueue, filter: Filter, limit: number | undefined) => {
    const deadLetters: QueuedDeadLetter[] = [];
    await eachMatch(passOver(stage, queue, filter, limit), async (some) => {
      deadLetters.push(...some);
      await Promise.resolve();
    });
    return deadLetters;
  };

  const preview = async (
    stage: Stage,
    queue: DeadLetterQueue,
    options: DeadLetterOptions,
    participle: string,
  ) => {
    const deadLetters = await gather(stage, queue, filterOf(options), options.limit);
    say(
      `${countText(deadLetters.length)} of ${queue.name} would be ${participle}${deadLetters.length === 0 ? '.' : ':'}`,
    );
    for (const { reason, deadLetters: count } of countByReason(deadLetters))
      say(`  ${String(count).padStart(6)}  ${reason}`);
  };

  const audit = (
    stage: Stage,
    { name: queue }: DeadLetterQueue,
    action: 'replayed' | 'discarded',
    deadLetters: number,
    filter: Filter,
  ) => recordAudit(stage, { queue, action, deadLetters, filter }, terminal);

  return {
    async list({ stage: name, sample }) {
      const stage = await open(name);
      for (const queue of deadLetterQueuesOf(stage.outputs)) {
        const { held: total } = await queueState(stage, queue.output);
        const seen = total === 0 ? [] : await gather(stage, queue, {}, sample);
        for (const line of listLines(queue.name, total, seen)) say(line);
      }
    },

    async inspect(name, options) {
      const queue = deadLetterQueue(name);
      const stage = await open(options.stage);
      const deadLetters = await gather(stage, queue, filterOf(options), options.limit ?? DEFAULT_SHOWN);
      for (const deadLetter of deadLetters)
        say(`${describeDeadLetter(deadLetter, await batchContents(stage.streams, deadLetter))}\n`);
      const { held } = await queueState(stage, queue.output);
      say(`Shown: ${deadLetters.length} of ${countText(held)}.`);
    },

    async replay(name, options) {
      const queue = deadLetterQueue(name);
      const stage = await open(options.stage);
      if (options.dryRun) return preview(stage, queue, options, 'replayed');
      const filter = filterOf(options);
      let done = 0;
      try {
        const outcome = await replayMatches({
          ...passOver(stage, queue, filter, options.limit),
          replay: replayOf(stage, queue),
          pace: makePace(options.rate, (ms) => wait(ms)),
          progress: (count, remaining) => {
            done = count;
            for (const { deadLetter, why } of remaining) say(`kept ${deadLetter.id}: ${why}`);
            say(`${count} replayed`);
          },
        });
        say(`${outcome.done} replayed, ${outcome.remaining} kept${signal.aborted ? ', stopped' : ''}.`);
      } finally {
        if (done > 0) await audit(stage, queue, 'replayed', done, filter);
      }
    },

    async discard(name, options) {
      const queue = deadLetterQueue(name);
      const stage = await open(options.stage);
      if (!options.yes) {
        await preview(stage, queue, options, 'deleted');
        say('Nothing was deleted. Repeat the command with --yes to delete them.');
        return;
      }
      const filter = filterOf(options);
      const pass = passOver(stage, queue, filter, options.limit);
      let done = 0;
      try {
        await eachMatch(pass, async (deadLetters) => {
          await pass.walk.remove(deadLetters);
          done += deadLetters.length;
        });
        say(`${done} discarded.`);
      } finally {
        if (done > 0) await audit(stage, queue, 'discarded', done, filter);
      }
    },
  };
};
