import { rmSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { privateDir } from './paths.ts';
import { Problem, errorCode } from './problem.ts';

/** Describes the running local stack to other programs. It exists only while the stack is ready. */
export const localFile = join(privateDir, 'local.json');

const localStack = z.object({
  /** The local proxy, as the `serverUrl` of SDKs: without `/api/v1` and without a trailing slash. */
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
  /** A link to the portal of the first application, with a token in its fragment. */
  portalUrl: z.url(),
  awsEndpointUrl: z.url(),
  stage: z.string(),
  pid: z.number(),
  /** Names of tables, URLs of queues and so on: the stacks' outputs. */
  outputs: z.record(z.string(), z.string()),
});
export type LocalStack = z.infer<typeof localStack>;

/** Writes atomically by rename; readable by the owner only, since it holds secrets. */
export const writeLocalFile = async (stack: LocalStack): Promise<void> => {
  await mkdir(privateDir, { recursive: true });
  const aside = `${localFile}.${process.pid}.tmp`;
  await writeFile(aside, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  await rename(aside, localFile);
};

/** Synchronous, so that it also works in an exit handler. */
export const removeLocalFile = (): void => rmSync(localFile, { force: true });

export const readLocalFile = async (): Promise<LocalStack> => {
  const text = await readFile(localFile, 'utf8').catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new Problem(
      'No local stack is running. Start one with `npm start` and wait until it prints "Posthorn is ready".',
    );
  });
  return localStack.parse(JSON.parse(text));
};
