import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { finishDeploy } from './deploy/after-deploy.ts';
import { tailOf } from './processes/child.ts';
import type { Outputs } from './deploy/deploy.ts';
import { deploy } from './deploy/deploy.ts';
import type { Emulator } from './emulator/running-emulator.ts';
import { startEmulator } from './emulator/emulator.ts';
import type { LocalProxy } from './local-proxy.ts';
import { startLocalProxy } from './local-proxy.ts';
import { clientConfig, forgetAwsSettings } from './deploy/guard.ts';
import type { Log } from './log.ts';
import { Problem } from './problem.ts';
import { startReceiver } from './receiver/receiver.ts';
import type { Receiver } from './receiver/receiver.ts';
import { currentSecret } from './secrets.ts';
import { managementToken, organizationToken } from './tokens.ts';

export interface StackTask {
  readonly stage: string;
  readonly log: Log;
  /** Private to this stack and removed by stop(). */
  readonly tempDir: string;
  readonly logDir: string;
  readonly signal: AbortSignal;
  /** An emulator that runs already; a fresh MiniStack otherwise. */
  readonly givenEndpoint?: string | undefined;
  /** Port on this machine where functions ask at every step whether to go on (test/support/faults.ts). */
  readonly faultsPort?: number | undefined;
}

export interface Stack {
  readonly emulator: Emulator;
  readonly outputs: Outputs;
  /** The deployed APIs, each behind an origin of its own; HTTP is null on emulators without HTTP APIs. */
  readonly httpServerUrl: string | null;
  readonly restServerUrl: string;
  /** The HTTP API's URL on the emulator, or the REST API's where there is none: what a front door passes on to. */
  readonly apiUrl: string;
  readonly jwtSecret: string;
  readonly managementToken: string;
  readonly receiver: Receiver;
  /** The receiver's URL as the emulator's functions see it. */
  readonly receiverUrl: string;
  mintToken(orgId: string): Promise<string>;
  stop(): Promise<void>;
}

const output = (outputs: Outputs, name: string): string => {
  const value = outputs[name];
  if (value === undefined) throw new Problem(`The deployed stacks have no output "${name}".`);
  return value;
};

/** Stack outputs with URLs name AWS hosts, so URLs are made from ids. Both forms work on MiniStack and LocalStack. */
const restUrl = (endpointUrl: string, outputs: Outputs) =>
  `${endpointUrl}/restapis/${output(outputs, 'RestApiId')}/${outputs['RestApiStage'] ?? 'prod'}/_user_request_`;
const httpUrl = (endpointUrl: string, outputs: Outputs) =>
  `${endpointUrl}/_aws/execute-api/${output(outputs, 'HttpApiId')}/$default`;

const openDoor = async (target: string, stops: (() => Promise<void>)[]): Promise<LocalProxy> => {
  const proxy = await startLocalProxy(0);
  stops.push(() => proxy.close());
  proxy.open(target);
  return proxy;
};

const readJwtSecret = async (endpointUrl: string, outputs: Outputs): Promise<string> => {
  const client = new SecretsManagerClient(clientConfig(endpointUrl));
  try {
    return await currentSecret(client, output(outputs, 'JwtSecretArn'));
  } finally {
    client.destroy();
  }
};

const contextOf = (task: StackTask, emulator: Emulator): Record<string, string> => ({
  ...(emulator.httpApis ? {} : { 'rest-only': 'true' }),
  ...(task.faultsPort === undefined
    ? {}
    : { 'faults-url': `http://${emulator.hostName}:${task.faultsPort}/step` }),
});

/** When the emulator died under a deploy, its own last words are the useful ones. */
const explainEnd = async (error: unknown, emulator: Emulator, logDir: string): Promise<never> => {
  if (!emulator.ended.aborted) throw error;
  const file = join(logDir, 'emulator.log');
  throw new Problem(
    `${await tailOf(file)}\n\nThe emulator ended by itself; its last lines stand above (${file}).`,
  );
};

const boot = async (task: StackTask, stops: (() => Promise<void>)[]): Promise<Omit<Stack, 'stop'>> => {
  const { log, tempDir, logDir, signal, stage } = task;
  await mkdir(tempDir, { recursive: true });
  await mkdir(logDir, { recursive: true });
  const emulator = await startEmulator({ log, tempDir, logDir, signal, givenEndpoint: task.givenEndpoint });
  stops.push(() => emulator.stop());
  log.line(`           ${emulator.label} at ${emulator.endpointUrl}`);
  if (!emulator.httpApis) log.line('           it has no HTTP APIs: the REST API alone is deployed');
  const { endpointUrl } = emulator;
  const context = contextOf(task, emulator);
  const alive = AbortSignal.any([signal, emulator.ended]);
  const outputs = await deploy({ endpointUrl, stage, context, tempDir, logDir, log, signal: alive }).catch(
    (error: unknown) => explainEnd(error, emulator, logDir),
  );
  await finishDeploy(endpointUrl, outputs);

  const remote = emulator.hostName !== '127.0.0.1';
  const receiver = await startReceiver(0, remote ? '0.0.0.0' : '127.0.0.1');
  stops.push(() => receiver.close());
  const rest = restUrl(endpointUrl, outputs);
  const http = emulator.httpApis ? httpUrl(endpointUrl, outputs) : null;
  const jwtSecret = await readJwtSecret(endpointUrl, outputs);
  return {
    emulator,
    outputs,
    httpServerUrl: http === null ? null : (await openDoor(http, stops)).url,
    restServerUrl: (await openDoor(rest, stops)).url,
    apiUrl: http ?? rest,
    jwtSecret,
    managementToken: await managementToken(jwtSecret, new Date()),
    receiver,
    receiverUrl: `http://${emulator.hostName}:${receiver.port}`,
    mintToken: (orgId) => organizationToken(orgId, jwtSecret, new Date()),
  };
};

/**
 * The whole of Posthorn on an emulator: deployed, reachable, with a receiver beside it. `npm start`, the end-to-end
 * suite and the simulations all use this. Several can run side by side. Whatever fails, nothing is left running.
 */
export const bootStack = async (task: StackTask): Promise<Stack> => {
  forgetAwsSettings(process.env);
  const stops = [() => rm(task.tempDir, { recursive: true, force: true })];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return { ...(await boot(task, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
