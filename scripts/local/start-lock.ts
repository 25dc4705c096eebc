import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { privateDir } from './paths.ts';
import { Problem } from './problem.ts';
import { sendSignal } from './processes/child.ts';

const lockFile = join(privateDir, 'start.lock');
const holder = z.object({ pid: z.number(), url: z.url() });
type Holder = z.infer<typeof holder>;

/** Checks the URL as well, since the process id may have been reused by another program. */
const isRunning = async ({ pid, url }: Holder): Promise<boolean> => {
  if (!sendSignal(pid, 0)) return false;
  return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
};

/** The stack that runs from this folder, starting or ready; null if there is none. */
export const runningStack = async (): Promise<Holder | null> => {
  const text = await readFile(lockFile, 'utf8').catch(() => '{}');
  const found = holder.safeParse(JSON.parse(text));
  return found.success && (await isRunning(found.data)) ? found.data : null;
};

/** Throws a Problem if a stack is running from this folder. */
export const refuseSecondStart = async (): Promise<void> => {
  const running = await runningStack();
  if (running === null) return;
  throw new Problem(
    `Posthorn is already running from this folder (process ${running.pid}, ${running.url}). Use it, or stop it with \`npm stop\`.`,
  );
};

export const writeStartLock = async (url: string): Promise<void> => {
  await mkdir(privateDir, { recursive: true });
  await writeFile(lockFile, JSON.stringify({ pid: process.pid, url }));
};

export const removeStartLock = (): void => rmSync(lockFile, { force: true });
