import { join } from 'node:path';
import { runChild, tailOf } from '../local/processes/child.ts';
import { freePort } from '../local/free-port.ts';
import { projectDir } from '../local/paths.ts';
import { Problem, explain } from '../local/problem.ts';
import { DISPOSABLE_VARIABLE } from '../local/stack.ts';
import type { Run } from './run-tier.ts';
import { say } from './run-tier.ts';

/** A LocalStack of one part, and the variables with which the tests find it. */
export interface Instance {
  readonly env: NodeJS.ProcessEnv;
  /** Keeps its log and removes it. */
  end(): Promise<void>;
}

const MINUTE = 60_000;
/** The first start pulls the image. */
const START_LIMIT_MS = 15 * MINUTE;
const END_LIMIT_MS = 3 * MINUTE;

const NO_DOCKER = `This needs Docker with Compose, or a running LocalStack in AWS_ENDPOINT_URL (docs/localstack.md).`;

/** The instance that the caller has started. */
const givenInstance = (endpoint: string): Instance => ({
  env: { AWS_ENDPOINT_URL: endpoint },
  end: () => Promise.resolve(),
});

/** A new container of docker-compose.localstack.yml, healthy and on a port of its own. */
const startContainer = async (name: string, run: Run): Promise<Instance> => {
  const port = await freePort();
  const logFile = join(run.logDir, `${name}.log`);
  const compose = (args: readonly string[], timeLimitMs: number, signal: AbortSignal) =>
    runChild({
      command: 'docker',
      args: [
        'compose',
        '-f',
        'docker-compose.localstack.yml',
        '-p',
        `posthorn-${process.pid}-${name}`,
        ...args,
      ],
      cwd: projectDir,
      env: { ...process.env, LOCALSTACK_PORT: String(port) },
      logFile,
      timeLimitMs,
      signal,
    });
  // After a stop by the user too.
  const later = new AbortController().signal;
  const end = async () => {
    await compose(['logs', '--no-color', '--timestamps'], END_LIMIT_MS, later);
    await compose(['down', '--volumes'], END_LIMIT_MS, later);
  };
  say(`\n== ${name}: docker compose up`);
  try {
    const started = await compose(['up', '--detach', '--wait'], START_LIMIT_MS, run.signal);
    if (started.kind !== 'ended' || started.code !== 0)
      throw new Problem(`${await tailOf(logFile)}\n\nLocalStack did not start. ${NO_DOCKER}`);
  } catch (error) {
    await end().catch(() => undefined);
    if (error instanceof Problem) throw error;
    throw new Problem(`${explain(error)}. ${NO_DOCKER}`);
  }
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    POSTHORN_RECEIVER_HOST: process.env['POSTHORN_RECEIVER_HOST'] ?? 'host.docker.internal',
    [DISPOSABLE_VARIABLE]: '1',
  };
  return { env, end };
};

/** The given instance if there is one, else a fresh container. Throws a Problem if neither is possible. */
export const openInstance = (name: string, run: Run, endpoint: string | undefined): Promise<Instance> =>
  endpoint === undefined || endpoint === ''
    ? startContainer(name, run)
    : Promise.resolve(givenInstance(endpoint));
