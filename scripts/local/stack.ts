import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { finishDeploy } from './deploy/after-deploy.ts';
import { tailOf } from './processes/child.ts';
import type { DeployTask, Outputs } from './deploy/deploy.ts';
import { deploy, destroyStacks } from './deploy/deploy.ts';
import type { Emulator } from './emulator/running-emulator.ts';
import { startEmulator } from './emulator/emulator.ts';
import type { Listening } from './listen.ts';
import { listenAddressFor } from './listen.ts';
import type { LocalProxy } from './local-proxy.ts';
import { startLocalProxy } from './local-proxy.ts';
import { clientConfig, forgetAwsSettings } from './deploy/guard.ts';
import type { Log } from './log.ts';
import { Problem, explain } from './problem.ts';
import { startReceiver } from './receiver/receiver.ts';
import type { Receiver } from './receiver/receiver.ts';
import { readSecret } from '../secrets/stored-secret.ts';
import { managementToken, organizationToken } from './tokens.ts';

/** Set where the emulator is thrown away after the run, so that nothing needs to be removed from it. */
export const DISPOSABLE_VARIABLE = 'POSTHORN_DISPOSABLE_EMULATOR';

export interface StackTask {
  /** The stage file. */
  readonly stage: string;
  /** Another name for the deployed stage, so that it is deployed beside the stack of `npm start`. */
  readonly stageName?: string | undefined;
  /** The checkout whose app is deployed; absent: this one. */
  readonly appDir?: string | undefined;
  readonly log: Log;
  /** Used by this stack only and removed by stop(). */
  readonly tempDir: string;
  readonly logDir: string;
  readonly signal: AbortSignal;
  /** URL of a running emulator; absent: a new MiniStack is started. */
  readonly givenEndpoint?: string | undefined;
  /** Starts the server that functions ask at each step (test/support/fault-server.ts), listening on `host`. */
  readonly startFaults?: ((host: string) => Promise<Listening>) | undefined;
  /** Folder where functions record what they did, for the benchmark (test/support/bench/). */
  readonly benchDir?: string | undefined;
}

export interface Stack {
  readonly emulator: Emulator;
  /** The name under which the stage is deployed. */
  readonly stageName: string;
  readonly outputs: Outputs;
  /** Local proxies of the deployed APIs; `httpServerUrl` is null on emulators without HTTP APIs. */
  readonly httpServerUrl: string | null;
  readonly restServerUrl: string;
  /** The emulator's URL of the HTTP API, or of the REST API if there is no HTTP API: the target of a local proxy. */
  readonly apiUrl: string;
  /** The REST API's, to which the emulator forwards OPTIONS. MiniStack answers those of HTTP APIs by itself, with 403. */
  readonly preflightUrl: string;
  readonly jwtSecret: string;
  readonly managementToken: string;
  readonly receiver: Receiver;
  /** The receiver's URL as the stack's functions reach it. */
  readonly receiverUrl: string;
  mintToken(orgId: string): Promise<string>;
  stop(): Promise<void>;
}

const output = (outputs: Outputs, name: string): string => {
  const value = outputs[name];
  if (value === undefined) throw new Problem(`The deployed stacks have no output "${name}".`);
  return value;
};

/** URL outputs contain AWS host names, so URLs are built from ids. Both forms work on MiniStack and LocalStack. */
const apiUrlOf = (endpointUrl: string, id: string, stage: string) =>
  `${endpointUrl}/_aws/execute-api/${id}/${stage}`;
export const restUrl = (endpointUrl: string, outputs: Outputs): string =>
  apiUrlOf(endpointUrl, output(outputs, 'RestApiId'), outputs['RestApiStage'] ?? 'prod');
export const httpUrl = (endpointUrl: string, outputs: Outputs): string =>
  apiUrlOf(endpointUrl, output(outputs, 'HttpApiId'), '$default');

const openProxy = async (
  target: string,
  preflights: string,
  stops: (() => Promise<void>)[],
): Promise<LocalProxy> => {
  const proxy = await startLocalProxy(0);
  stops.push(() => proxy.close());
  proxy.open(target, preflights);
  return proxy;
};

const readJwtSecret = async (endpointUrl: string, outputs: Outputs): Promise<string> => {
  const client = new SecretsManagerClient(clientConfig(endpointUrl));
  try {
    return (await readSecret(client, output(outputs, 'JwtSecretArn'))).current;
  } finally {
    client.destroy();
  }
};

const contextOf = (task: StackTask, emulator: Emulator, faults?: Listening): Record<string, string> => ({
  ...(emulator.httpApis ? {} : { 'rest-only': 'true' }),
  ...(task.stageName === undefined ? {} : { 'stage-name': task.stageName }),
  ...(faults === undefined ? {} : { 'faults-url': `http://${emulator.hostName}:${faults.port}/step` }),
  ...(task.benchDir === undefined ? {} : { 'bench-dir': task.benchDir }),
});

/** A stage with a name of its own is removed from an emulator that goes on, where its pollers would go on too. */
const removeStage = (deployment: DeployTask): Promise<void> => {
  if (process.env[DISPOSABLE_VARIABLE] !== undefined) return Promise.resolve();
  const signal = new AbortController().signal;
  return destroyStacks({ ...deployment, signal }).catch((error: unknown) =>
    deployment.log.line(`  Stage "${deployment.stage}" is still on the emulator: ${explain(error)}`),
  );
};

/** If the emulator ended during the deployment, replaces the error with the tail of the emulator's log. */
const explainEnd = async (error: unknown, emulator: Emulator, logDir: string): Promise<never> => {
  if (!emulator.ended.aborted) throw error;
  const file = join(logDir, 'emulator.log');
  throw new Problem(
    `${await tailOf(file)}\n\nThe emulator ended unexpectedly; see the end of its log above (${file}).`,
  );
};

const boot = async (task: StackTask, stops: (() => Promise<void>)[]): Promise<Omit<Stack, 'stop'>> => {
  const { log, tempDir, logDir, signal, stage, appDir } = task;
  await mkdir(tempDir, { recursive: true });
  await mkdir(logDir, { recursive: true });
  const emulator = await startEmulator({ log, tempDir, logDir, signal, givenEndpoint: task.givenEndpoint });
  stops.push(() => emulator.stop());
  log.line(`           ${emulator.label} at ${emulator.endpointUrl}`);
  if (!emulator.httpApis)
    log.line('           This emulator has no HTTP APIs; only the REST API is deployed.');
  const { endpointUrl, hostName } = emulator;
  const listenOn = listenAddressFor(hostName);
  const faults = await task.startFaults?.(listenOn);
  if (faults !== undefined) stops.push(() => faults.close());
  const context = contextOf(task, emulator, faults);
  const alive = AbortSignal.any([signal, emulator.ended]);
  const deployment = { endpointUrl, stage, appDir, context, tempDir, logDir, log, signal: alive };
  if (emulator.given && task.stageName !== undefined) stops.push(() => removeStage(deployment));
  const outputs = await deploy(deployment).catch((error: unknown) => explainEnd(error, emulator, logDir));
  await finishDeploy(endpointUrl, outputs);

  const receiver = await startReceiver(0, listenOn);
  stops.push(() => receiver.close());
  const rest = restUrl(endpointUrl, outputs);
  const http = emulator.httpApis ? httpUrl(endpointUrl, outputs) : null;
  const jwtSecret = await readJwtSecret(endpointUrl, outputs);
  return {
    emulator,
    stageName: task.stageName ?? stage,
    outputs,
    httpServerUrl: http === null ? null : (await openProxy(http, rest, stops)).url,
    restServerUrl: (await openProxy(rest, rest, stops)).url,
    apiUrl: http ?? rest,
    preflightUrl: rest,
    jwtSecret,
    managementToken: await managementToken(jwtSecret, new Date()),
    receiver,
    receiverUrl: `http://${hostName}:${receiver.port}`,
    mintToken: (orgId) => organizationToken(orgId, jwtSecret, new Date()),
  };
};

/**
 * Starts an emulator, deploys Posthorn to it and starts a receiver. `npm start` and the test tiers that need a stack use
 * this; several stacks can run at the same time. After a failure nothing is left running.
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
