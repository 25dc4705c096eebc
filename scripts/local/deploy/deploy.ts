import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runChild, tailOf } from '../processes/child.ts';
import { EMULATOR_ACCOUNT, EMULATOR_REGION, childEnvironment } from './guard.ts';
import type { Log } from '../log.ts';
import { modulesDir, projectDir } from '../paths.ts';
import { Problem } from '../problem.ts';

export interface DeployTask {
  readonly endpointUrl: string;
  readonly stage: string;
  /** The checkout whose app is deployed; absent: this one. */
  readonly appDir?: string | undefined;
  /** CDK context in addition to the stage. */
  readonly context: Readonly<Record<string, string>>;
  readonly tempDir: string;
  readonly logDir: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The outputs of all stacks, merged: their names are unique across the app. */
export type Outputs = Readonly<Record<string, string>>;

/** Bounds a deployment that hangs in a custom resource; LocalStack and a busy machine need some minutes. */
const TIME_LIMIT_MS = 1_200_000;

const outputsFile = z.record(z.string(), z.record(z.string(), z.string()));

const environment = async (task: DeployTask): Promise<Record<string, string>> => {
  const homeDir = join(task.tempDir, 'cdk-home');
  await mkdir(homeDir, { recursive: true });
  const path = process.env['PATH'] ?? '';
  return childEnvironment({ endpointUrl: task.endpointUrl, homeDir, tempDir: task.tempDir, path });
};

const runCdk = async (
  task: DeployTask,
  cwd: string,
  args: readonly string[],
  onLine?: (line: string) => void,
) => {
  const logFile = join(task.logDir, 'cdk.log');
  const end = await runChild({
    command: process.execPath,
    args: [join(modulesDir, 'aws-cdk', 'bin', 'cdk'), ...args, '--no-notices', '--no-color'],
    cwd,
    env: await environment(task),
    logFile,
    timeLimitMs: TIME_LIMIT_MS,
    signal: task.signal,
    ...(onLine === undefined ? {} : { onLine }),
  });
  if (end.kind === 'ended' && end.code === 0) return;
  const why = end.kind === 'out-of-time' ? `did not end within ${TIME_LIMIT_MS / 60_000} minutes` : 'failed';
  throw new Problem(
    `${await tailOf(logFile)}\n\n\`cdk ${args[0] ?? ''}\` ${why}; see its last lines above (complete log: ${logFile}).`,
  );
};

/** Runs in a folder without cdk.json, so that it does not synthesize the app. */
const bootstrap = (task: DeployTask) =>
  runCdk(task, task.tempDir, ['bootstrap', `aws://${EMULATOR_ACCOUNT}/${EMULATOR_REGION}`]);

/** The folder of the synthesized app. */
export const assembly = (task: Pick<DeployTask, 'tempDir'>) => join(task.tempDir, 'cdk.out');

const synth = (task: DeployTask) => {
  const context = Object.entries({ stage: task.stage, ...task.context });
  const flags = context.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return runCdk(task, task.appDir ?? projectDir, ['synth', '--quiet', '--output', assembly(task), ...flags]);
};

const PROGRESS = /\|\s*(\d+\/\d+)\s*\|/;

/** Outputs without the exports that CDK adds for references between stacks. */
const ownOutputs = (stack: Outputs) =>
  Object.entries(stack).filter(([name]) => !name.startsWith('ExportsOutput'));

/** Deploys all stacks of the assembly; returns their outputs. */
export const deployStacks = async (task: DeployTask, note: (text: string) => void): Promise<Outputs> => {
  const file = join(task.tempDir, 'outputs.json');
  const args = ['deploy', '--all', '--app', assembly(task), '--outputs-file', file];
  await runCdk(
    task,
    task.tempDir,
    [...args, '--require-approval', 'never', '--progress', 'events'],
    (line) => {
      const done = PROGRESS.exec(line)?.[1];
      if (done !== undefined) note(`${done} resources of ${line.split('|')[0]?.trim() ?? 'a stack'}`);
    },
  );
  const stacks = outputsFile.parse(JSON.parse(await readFile(file, 'utf8')));
  return Object.fromEntries(Object.values(stacks).flatMap(ownOutputs));
};

/** Destroys all stacks of the assembly; retained resources stay. */
export const destroyStacks = (task: DeployTask): Promise<void> =>
  runCdk(task, task.tempDir, ['destroy', '--all', '--force', '--app', assembly(task)]);

/** Deploys the app with the CDK CLI to an emulator that the guard accepted. */
export const deploy = async (task: DeployTask): Promise<Outputs> => {
  await task.log.step('CDK: bootstrap and synth', () => Promise.all([bootstrap(task), synth(task)]));
  return task.log.step(`CDK: deploy stage "${task.stage}"`, (note) => deployStacks(task, note));
};
