import { setTimeout as wait } from 'node:timers/promises';
import { makeFailureLog } from '../../functions/platform/lambda/failure-log.dynamo.ts';
import { writeDown } from './audit.ts';
import type { Filter } from './filter.ts';
import type { QueuedDeadLetter } from './dead-letter.ts';
import type { Commands, DeadLetterOptions } from './options.ts';
import { eachMatch, makePace, replayMatches } from './pass.ts';
import type { Pass, Replay } from './pass.ts';
import { queueState } from './queue-state.ts';
import { DEAD_QUEUES, deadQueue, functionNameOf, queueNameOf } from './queues.ts';
import type { DeadQueue } from './queues.ts';
import type { Stage } from './stage.ts';
import { toQueue } from './to-queue.ts';
import { toReader } from './to-reader.ts';
import { contentsOf } from './contents.ts';
import { listing, readable, tallies } from './view.ts';
import { walk } from './walk.ts';

/** How many letters `inspect` shows when nobody says. */
const SHOWN = 10;

export interface Terminal {
  readonly say: (text: string) => void;
  readonly now: () => number;
  /** Ends the work in hand in order: nothing stays hidden. */
  readonly signal: AbortSignal;
  readonly auditFile?: string;
}

const filterOf = ({ reason, olderThan, newerThan, app, endpoint }: DeadLetterOptions): Filter => ({
  reason,
  before: olderThan,
  after: newerThan,
  app,
  endpoint,
});

/** Under what name workers remember errors: their queue's own, or a stream reader's. */
const memoryOf = (stage: Stage, { way, worker }: DeadQueue) =>
  way.kind === 'queue' ? queueNameOf(stage.get(way.output)) : functionNameOf(stage.name, worker);

const replayOf = (stage: Stage, { way, worker }: DeadQueue): Replay => {
  const { sqs, dynamo, streams, lambda, name, get } = stage;
  switch (way.kind) {
    case 'queue':
      return toQueue(sqs, get(way.output));
    case 'stream':
      return toReader({ dynamo, streams, lambda, name: worker, functionName: functionNameOf(name, worker) });
  }
};

/** The commands of `npm run dlq`. `open` finds a stage by its name. */
export const makeCommands = (open: (stage: string) => Promise<Stage>, terminal: Terminal): Commands => {
  const { say, now, signal } = terminal;

  const passOver = (stage: Stage, queue: DeadQueue, filter: Filter, limit: number | undefined): Pass => ({
    walk: walk(stage.sqs, stage.get(queue.output), now()),
    failureLog: makeFailureLog(stage.dynamo, stage.get('ControlTableName')),
    memory: memoryOf(stage, queue),
    origin: { queue: queue.name, functionName: functionNameOf(stage.name, queue.worker) },
    filter,
    limit,
    signal,
  });

  const gather = async (stage: Stage, queue: DeadQueue, filter: Filter, limit: number | undefined) => {
    const deadLetters: QueuedDeadLetter[] = [];
    await eachMatch(passOver(stage, queue, filter, limit), async (some) => {
      deadLetters.push(...some);
      await Promise.resolve();
    });
    return deadLetters;
  };

  const preview = async (stage: Stage, queue: DeadQueue, options: DeadLetterOptions, verb: string) => {
    const deadLetters = await gather(stage, queue, filterOf(options), options.limit);
    say(`${deadLetters.length} letters of ${queue.name} would be ${verb}:`);
    for (const { reason, deadLetters: count } of tallies(deadLetters))
      say(`  ${String(count).padStart(6)}  ${reason}`);
  };

  const audit = (
    stage: Stage,
    queue: DeadQueue,
    deed: 'replayed' | 'discarded',
    count: number,
    filter: Filter,
  ) =>
    writeDown(
      { stage: stage.name, queue: queue.name, deed, deadLetters: count, filter },
      {
        dynamo: stage.dynamo,
        control: stage.get('ControlTableName'),
        now: now(),
        ...(terminal.auditFile === undefined ? {} : { file: terminal.auditFile }),
      },
    );

  return {
    async list({ stage: name, sample }) {
      const stage = await open(name);
      for (const queue of DEAD_QUEUES) {
        const { held: total } = await queueState(stage, queue.output);
        const seen = total === 0 ? [] : await gather(stage, queue, {}, sample);
        for (const line of listing(queue.name, total, seen)) say(line);
      }
    },

    async inspect(name, options) {
      const queue = deadQueue(name);
      const stage = await open(options.stage);
      const deadLetters = await gather(stage, queue, filterOf(options), options.limit ?? SHOWN);
      for (const deadLetter of deadLetters)
        say(`${readable(deadLetter, await contentsOf(stage.streams, deadLetter))}\n`);
      const { held } = await queueState(stage, queue.output);
      say(`${deadLetters.length} of ${held} letters.`);
    },

    async replay(name, options) {
      const queue = deadQueue(name);
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
      const queue = deadQueue(name);
      const stage = await open(options.stage);
      if (!options.yes) {
        await preview(stage, queue, options, 'removed for good');
        say('Say --yes to do it.');
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
