import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { privateDir } from '../local/paths.ts';

const line = z.object({ application: z.string() });

/** The applications (ids of the source) that a run has finished, one line of JSON each. */
export interface Journal {
  readonly finished: ReadonlySet<string>;
  add(application: string): Promise<void>;
  /** After the last application: the next run begins again. */
  close(): Promise<void>;
}

/** A dry run looks at everything and notes nothing. */
export const NO_JOURNAL: Journal = {
  finished: new Set(),
  add: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** A line that a crash cut short counts as not written. */
const parseLine = (text: string): string | undefined => {
  try {
    return line.parse(JSON.parse(text)).application;
  } catch {
    return undefined;
  }
};

export const openJournal = async (file: string, fresh: boolean): Promise<Journal> => {
  await mkdir(dirname(file), { recursive: true });
  if (fresh) await rm(file, { force: true });
  const text = await readFile(file, 'utf8').catch(() => '');
  const finished = new Set(text.split('\n').flatMap((one) => parseLine(one) ?? []));
  return {
    finished,
    // The line break first ends a line that a crash cut short.
    add: (application) => appendFile(file, `\n${JSON.stringify({ application })}`, { mode: 0o600 }),
    close: () => rm(file, { force: true }),
  };
};

/** The same file for the same source and target, and another one for other organizations of the same servers. */
export const journalFile = (parts: readonly string[]): string => {
  const name = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return join(privateDir, 'migrations', `${name}.jsonl`);
};
