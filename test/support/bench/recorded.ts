import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inject } from 'vitest';
import { eventually } from '../poll.ts';
import { changed } from './recording/clock.ts';
import type { Clock } from './recording/clock.ts';
import { CLOCK, COUNTING } from './recording/folder.ts';
import { invocation } from './recording/invocation.ts';
import type { Invocation } from './recording/invocation.ts';

/** Lines that a process is just writing end without a line feed: they are read next time. */
const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);

const readAll = (): readonly Invocation[] => {
  const folder = inject('benchDir');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8')))
    .map((line) => invocation.parse(JSON.parse(line)))
    .toSorted((left, right) => left.startedAt - right.startedAt);
};

/**
 * By then V8 has compiled what runs often. The emulator runs several processes of a lane side by side, most of which are
 * younger: they take several times the CPU.
 */
const WARM_INVOCATIONS = 20;

/** Processes that have run a function often; of a function without one all that have run it. */
export const warmPids = (): readonly number[] => {
  const byFunction = Map.groupBy(readAll(), (one) => one.function);
  return [...byFunction.values()].flatMap((all) => {
    const counts = [...Map.groupBy(all, ({ pid }) => pid)].map(([pid, some]) => ({ pid, runs: some.length }));
    const warm = counts.filter(({ runs }) => runs >= WARM_INVOCATIONS);
    return (warm.length > 0 ? warm : counts).map(({ pid }) => pid);
  });
};

export const count = async (on: boolean): Promise<void> => {
  const file = join(inject('benchDir'), COUNTING);
  if (on === existsSync(file)) return;
  await (on ? writeFile(file, '') : rm(file));
};

const changeClock = async (change: { readonly aheadMs?: number; readonly rate?: number }): Promise<void> => {
  const file = join(inject('benchDir'), CLOCK);
  const clock = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Clock) : undefined;
  // Functions read it at any time, so it is never half written.
  await writeFile(`${file}.new`, JSON.stringify(changed(clock, Date.now(), change)));
  await rename(`${file}.new`, file);
};

/**
 * Puts the clock of all functions ahead by so many milliseconds more. It never goes back: the sweeper has finished with
 * the minutes that it has seen.
 */
export const advanceClock = (aheadMs: number): Promise<void> => changeClock({ aheadMs });

/** How much longer a crowd of deliveries takes here at most than on AWS: counting reads each item before and after its write. */
const SLOWER = 20;

/**
 * Slows the clock of all functions while `work` runs. Deliveries that wait for each other on a slow machine would be late by
 * that clock otherwise (docs/decisions/0157).
 */
export const withSlowClock = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  await changeClock({ rate: 1 / SLOWER });
  try {
    return await work();
  } finally {
    await changeClock({ rate: 1 });
  }
};

/** Every function is read less often than this. */
const QUIET_MS = 3_000;

export interface Recording {
  /** Waits until a function has worked on so many records since the recording began. */
  reached(name: string, records: number): Promise<void>;
  /** The same for functions of which any may take a record. */
  reachedAny(names: readonly string[], records: number): Promise<void>;
  /** Waits until no function has run for a while. */
  quiet(): Promise<void>;
  /** Waits until all is quiet, and answers what ran since the recording began. */
  end(): Promise<readonly Invocation[]>;
}

export const startRecording = (): Recording => {
  const before = readAll().length;
  const since = () => readAll().slice(before);
  const reachedAny = async (names: readonly string[], records: number) => {
    const worked = () =>
      since()
        .filter((one) => names.includes(one.function))
        .reduce((sum, one) => sum + one.records, 0);
    await eventually(
      () => Promise.resolve(worked()),
      (all) => all >= records,
      { what: `${records} records of ${names.join(' or ')}` },
    );
  };
  const end = async () => {
    for (let known = -1; ;) {
      const all = since();
      if (all.length === known) return all;
      known = all.length;
      await wait(QUIET_MS);
    }
  };
  return {
    reached: (name, records) => reachedAny([name], records),
    reachedAny,
    quiet: async () => {
      await end();
    },
    end,
  };
};
