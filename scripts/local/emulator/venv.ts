import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild, tailOf } from '../processes/child.ts';
import { Problem, errorCode } from '../problem.ts';
import type { Python } from './python.ts';

/** The version that docs/localstack.md describes; other versions may support other resource types. */
export const MINISTACK_VERSION = '1.5.33';

export interface VenvTask {
  readonly python: Python;
  /** Holds one environment per version, so that an upgrade does not affect a running emulator. */
  readonly parentDir: string;
  readonly logFile: string;
  readonly signal: AbortSignal;
}

const NO_NETWORK =
  /NewConnectionError|Name or service not known|name resolution|ConnectTimeoutError|ProxyError|Max retries|Network is unreachable/i;

/** The caller's environment, for its pip index, proxy and certificates, without variables that redirect Python packages. */
const pipEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PYTHONHOME: undefined,
  PYTHONPATH: undefined,
  PIP_REQUIRE_VIRTUALENV: undefined,
  PIP_TARGET: undefined,
  PIP_USER: undefined,
  VIRTUAL_ENV: undefined,
});

const runStep = async (task: VenvTask, command: string, args: readonly string[]): Promise<void> => {
  const end = await runChild({
    command,
    args,
    cwd: task.parentDir,
    env: pipEnvironment(),
    logFile: task.logFile,
    timeLimitMs: 300_000,
    signal: task.signal,
  });
  if (end.kind === 'ended' && end.code === 0) return;
  const tail = await tailOf(task.logFile, 12);
  const sentence = NO_NETWORK.test(tail)
    ? 'Cannot reach the Python package index. Check the network (and PIP_INDEX_URL or your proxy), then run the same command again.'
    : `pip could not install the emulator (ministack==${MINISTACK_VERSION}); see its last lines above.`;
  throw new Problem(`${tail}\n\n${sentence}`);
};

const build = async (task: VenvTask, folder: string): Promise<void> => {
  await runStep(task, task.python.command, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--retries', '2'];
  await runStep(task, join(folder, 'bin', 'python'), [...pip, `ministack==${MINISTACK_VERSION}`]);
};

/**
 * Returns the Python of a virtual environment with the pinned emulator, which is created on first use. It is built in a
 * temporary folder and renamed, so that parallel runs never see a partial one: the later run discards its own.
 */
export const ensureVenv = async (task: VenvTask, note: (text: string) => void): Promise<string> => {
  const folder = join(task.parentDir, `ministack-${MINISTACK_VERSION}-py${task.python.version}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  note(`installing ministack ${MINISTACK_VERSION} from PyPI`);
  await mkdir(task.parentDir, { recursive: true });
  const aside = `${folder}.${process.pid}.tmp`;
  try {
    await build(task, aside);
    await rename(aside, folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return python;
};
