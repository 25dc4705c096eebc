import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmulator } from '../../scripts/local/emulator/emulator.ts';
import { makeLog } from '../../scripts/local/log.ts';
import { stackLogs } from '../support/global-setup.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** An emulator with nothing deployed; each test file creates what it needs. */
    awsEndpoint: string;
  }
}

/** Starts one emulator for all contract tests, or uses the one at AWS_ENDPOINT_URL when that is set. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-'));
  const logDir = stackLogs(project, tempDir);
  await mkdir(logDir, { recursive: true });
  const emulator = await startEmulator({
    log: makeLog(process.stdout),
    tempDir,
    logDir,
    signal: new AbortController().signal,
    givenEndpoint: process.env['AWS_ENDPOINT_URL'],
  });
  project.provide('awsEndpoint', emulator.endpointUrl);
  return async () => {
    await emulator.stop();
    await rm(tempDir, { recursive: true, force: true });
  };
};
