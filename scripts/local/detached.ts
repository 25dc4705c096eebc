import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readLocalFile, removeLocalFile } from './local-file.ts';
import { privateDir } from './paths.ts';
import { Problem, explain } from './problem.ts';

/** Set in the process in the background: no terminal ends it, or shows what it prints. */
export const DETACHED_VARIABLE = 'POSTHORN_DETACHED';

/** What a detached stack prints. */
const outputFile = join(privateDir, 'start.log');
const POLL_MS = 300;

const spawnStart = (port: number): ChildProcess => {
  const output = openSync(outputFile, 'w', 0o600);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start.ts'), '--port', String(port)], {
    detached: true,
    env: { ...process.env, [DETACHED_VARIABLE]: '1' },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  return child;
};

/** Prints what the file got since the last call. */
const makeCopy = () => {
  let position = 0;
  return async (): Promise<void> => {
    const file = await open(outputFile);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - position),
        0,
        size - position,
        position,
      );
      position += bytesRead;
      process.stdout.write(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  };
};

const isReady = async (child: ChildProcess): Promise<boolean> =>
  readLocalFile().then(
    ({ pid }) => pid === child.pid,
    () => false,
  );

/**
 * Starts the stack in a process of its own, prints what it prints and returns when it is ready. It goes on until
 * `npm stop`. Throws a Problem if it ends before; a stopped caller stops it too.
 */
export const startDetached = async (port: number, signal: AbortSignal): Promise<void> => {
  await mkdir(privateDir, { recursive: true });
  removeLocalFile();
  const child = spawnStart(port);
  const end = Promise.withResolvers<string>();
  child.once('error', (error) => end.resolve(explain(error)));
  child.once('exit', (code, name) => end.resolve(`it ended with ${name ?? `code ${code}`}`));
  const state: { ended: string | null } = { ended: null };
  void end.promise.then((text) => (state.ended = text));
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const copy = makeCopy();
  while (state.ended === null && !(await isReady(child))) {
    await copy();
    await wait(POLL_MS);
  }
  await copy();
  if (state.ended !== null)
    throw new Problem(`The stack did not start: ${state.ended} (its output: ${outputFile}).`);
  child.unref();
  process.stdout.write(
    `  Running in the background (process ${child.pid}); deliveries are printed to ${outputFile}. \`npm stop\` stops it.\n`,
  );
};
