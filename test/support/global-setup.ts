import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { EmulatorKind } from '../../scripts/local/emulator/running-emulator.ts';
import { makeLog } from '../../scripts/local/log.ts';
import type { Stack } from '../../scripts/local/stack.ts';
import { bootStack } from '../../scripts/local/stack.ts';
import { makeFaultServer } from './fault-server.ts';
import { keepCalls } from './permissions/recordings.ts';

/** The booted stack, which all end-to-end test files share. */
export interface ProvidedStack {
  /** The name under which the local stage is deployed. */
  readonly stage: string;
  readonly emulator: EmulatorKind;
  /** Null on emulators without HTTP APIs. */
  readonly httpServerUrl: string | null;
  readonly restServerUrl: string;
  readonly jwtSecret: string;
  readonly managementToken: string;
  /** The URL of the receiver for tests, its URL for functions, and the host name in the latter. */
  readonly receiverUrl: string;
  readonly receiverHookUrl: string;
  readonly receiverHost: string;
  readonly faultsUrl: string;
  readonly awsEndpointUrl: string;
  readonly outputs: Record<string, string>;
}

declare module 'vitest' {
  interface ProvidedContext {
    stack: ProvidedStack;
  }
}

/** The folder for the logs of a tier's stack, which may run beside that of another tier. */
export const stackLogs = ({ name }: TestProject, tempDir: string): string =>
  join(process.env['POSTHORN_LOG_DIR'] ?? join(tempDir, 'logs'), name);

/** A name of its own, so that tests neither update the stack of `npm start` nor that of an earlier run. */
export const testStageName = (): string => `test-${randomUUID().slice(0, 6)}`;

const describeStack = (stack: Stack, faultsUrl: string): ProvidedStack => ({
  stage: stack.stageName,
  emulator: stack.emulator.kind,
  httpServerUrl: stack.httpServerUrl,
  restServerUrl: stack.restServerUrl,
  jwtSecret: stack.jwtSecret,
  managementToken: stack.managementToken,
  receiverUrl: stack.receiver.url,
  receiverHookUrl: stack.receiverUrl,
  receiverHost: stack.emulator.hostName,
  faultsUrl,
  awsEndpointUrl: stack.emulator.endpointUrl,
  outputs: { ...stack.outputs },
});

/** Provides a stack to test files; `faultsUrl`: where its functions ask at each step, if they do. */
export const provideStack = (project: TestProject, stack: Stack, faultsUrl = ''): void =>
  project.provide('stack', describeStack(stack, faultsUrl));

/** Boots the stack for the end-to-end tier; on the emulator at AWS_ENDPOINT_URL where that is set. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-'));
  const faults = makeFaultServer();
  const stack = await bootStack({
    stage: 'local',
    stageName: testStageName(),
    log: makeLog(process.stdout),
    tempDir,
    logDir: stackLogs(project, tempDir),
    signal: new AbortController().signal,
    givenEndpoint: process.env['AWS_ENDPOINT_URL'],
    startFaults: faults.start,
  });
  provideStack(project, stack, faults.url());
  return async () => {
    await stack.stop();
    await keepCalls(project.name, faults.calls());
  };
};
