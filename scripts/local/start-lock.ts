import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { privateDir } from './paths.ts';
import { Problem } from './problem.ts';

const lockFile = join(privateDir, 'start.lock');
const holder = z.object({ pid: z.number(), url: z.url() });

const processExists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A process number may belong to something else by now, so its front door has to answer as well. */
const isRunning = async ({ pid, url }: z.infer<typeof holder>): Promise<boolean> => {
  if (!processExists(pid)) return false;
  return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
};

/** Throws a Problem when a stack runs in this folder already. */
export const refuseSecondStart = async (): Promise<void> => {
  const text = await readFile(lockFile, 'utf8').catch(() => '{}');
  const found = holder.safeParse(JSON.parse(text));
  if (!found.success || !(await isRunning(found.data))) return;
  throw new Problem(
    `Posthorn runs here already (process ${found.data.pid}, ${found.data.url}). Stop it with Ctrl-C in its terminal, or use it as it is.`,
  );
};

export const writeStartLock = async (url: string): Promise<void> => {
  await mkdir(privateDir, { recursive: true });
  await writeFile(lockFile, JSON.stringify({ pid: process.pid, url }));
};

export const removeStartLock = (): void => rmSync(lockFile, { force: true });
