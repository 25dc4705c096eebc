import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeLog } from '../../../scripts/local/log.ts';
import { bootStack } from '../../../scripts/local/stack.ts';
import { provideStack, stackLogs, testStageName } from '../global-setup.ts';
import { COUNTING } from './recording/folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    benchDir: string;
  }
}

/** Boots a stack whose functions record what they do in a folder of this machine (recording/measured.ts). */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-bench-'));
  const benchDir = join(tempDir, 'recorded');
  await mkdir(benchDir, { recursive: true });
  await writeFile(join(benchDir, COUNTING), '');
  const stack = await bootStack({
    stage: 'local',
    stageName: testStageName(),
    log: makeLog(process.stdout),
    tempDir,
    logDir: stackLogs(project, tempDir),
    signal: new AbortController().signal,
    benchDir,
  });
  provideStack(project, stack);
  project.provide('benchDir', benchDir);
  return () => stack.stop();
};
