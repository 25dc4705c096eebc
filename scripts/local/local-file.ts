import { rmSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { privateDir } from './paths.ts';
import { Problem, errorCode } from './problem.ts';

/** Tells other programs how to join the running local stack. There while it is ready, and only then. */
export const localFile = join(privateDir, 'local.json');

const localStack = z.object({
  /** The front door; no `/api/v1` and no slash at the end, as SDKs want it. */
  serverUrl: z.url(),
  /** Null on emulators without HTTP APIs. */
  httpServerUrl: z.url().nullable(),
  restServerUrl: z.url(),
  organizationId: z.string(),
  token: z.string(),
  jwtSecret: z.string(),
  /** The prefix before `/organization`. */
  managementUrl: z.url(),
  managementToken: z.string(),
  receiverUrl: z.url(),
  awsEndpointUrl: z.url(),
  stage: z.string(),
  pid: z.number(),
  /** Names of tables, URLs of queues and so on: the stacks' outputs. */
  outputs: z.record(z.string(), z.string()),
});
export type LocalStack = z.infer<typeof localStack>;

/** By rename, so that nobody reads half of it; it holds secrets. */
export const writeLocalFile = async (stack: LocalStack): Promise<void> => {
  await mkdir(privateDir, { recursive: true });
  const aside = `${localFile}.${process.pid}.tmp`;
  await writeFile(aside, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  await rename(aside, localFile);
};

/** Synchronous, so that it also works while the process ends. */
export const removeLocalFile = (): void => rmSync(localFile, { force: true });

export const readLocalFile = async (): Promise<LocalStack> => {
  const text = await readFile(localFile, 'utf8').catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new Problem('No local stack is ready. Start one with `npm start` and wait until it says so.');
  });
  return localStack.parse(JSON.parse(text));
};
