import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tailOf } from '../processes/child.ts';
import { docker, dockerIsRunning } from './docker.ts';
import type { Emulator, EmulatorTask, Launch } from './running-emulator.ts';
import { freePort } from '../free-port.ts';
import type { Supervised } from '../processes/supervised.ts';
import { startSupervised } from '../processes/supervised.ts';
import { modulesDir, privateDir } from '../paths.ts';
import { Problem } from '../problem.ts';
import { findPython } from './python.ts';
import { MINISTACK_VERSION, ensureVenv } from './venv.ts';

const READY_LIMIT_MS = 60_000;
/** The first start pulls the image. */
const READY_LIMIT_DOCKER_MS = 600_000;
const LAUNCHES = 3;

/** The environment of the emulator, which passes it on to every function. */
const variables = (port: number, task: EmulatorTask): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: join(task.tempDir, 'home'),
  TMPDIR: task.tempDir,
  LANG: 'C.UTF-8',
  PYTHONUNBUFFERED: '1',
  BIND_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  IOT_MTLS_ENABLED: '0',
  SFTP_ENABLED: '0',
  LOG_LEVEL: 'WARNING',
  LAMBDA_WARM_TTL_SECONDS: '30',
  NODE_PATH: modulesDir,
});

const NOTHING_TO_RUN = `The local stack needs one of the following, and none was found:
  - Python 3.10 or newer with venv (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python), or
  - a running Docker, or
  - a running emulator, with its URL in AWS_ENDPOINT_URL (for example http://127.0.0.1:4566).`;

type Launcher = (port: number) => Promise<Launch>;

const chooseLauncher = async (task: EmulatorTask, note: (text: string) => void): Promise<Launcher> => {
  const python = await findPython();
  if (python !== null) {
    const logFile = join(task.logDir, 'pip.log');
    const parentDir = task.venvDir ?? join(privateDir, 'venv');
    const command = await ensureVenv({ python, parentDir, logFile, signal: task.signal }, note);
    return (port) =>
      Promise.resolve({
        label: `MiniStack ${MINISTACK_VERSION} on Python ${python.version}`,
        command,
        args: ['-m', 'ministack'],
        env: variables(port, task),
        afterwards: [],
        hostName: '127.0.0.1',
      });
  }
  if (await dockerIsRunning()) return (port) => docker(port, variables(port, task));
  throw new Problem(NOTHING_TO_RUN);
};

const answers = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
  return response?.ok === true;
};

const waitUntilReady = async (
  url: string,
  supervised: Supervised,
  task: EmulatorTask,
  limitMs: number,
): Promise<boolean> => {
  const deadline = Date.now() + limitMs;
  while (!supervised.ended.aborted && Date.now() < deadline) {
    task.signal.throwIfAborted();
    if (await answers(`${url}/_ministack/ready`)) return true;
    await wait(100);
  }
  return false;
};

const launchOnce = async (
  task: EmulatorTask,
  launcher: Launcher,
  logFile: string,
): Promise<Emulator | null> => {
  const port = await freePort();
  const launch = await launcher(port);
  const { command, args, env, afterwards } = launch;
  const supervised = startSupervised({
    command,
    args: [...args],
    env: { ...env },
    cwd: task.tempDir,
    logFile,
    tempDir: task.tempDir,
    afterwards: [...afterwards],
  });
  const endpointUrl = `http://127.0.0.1:${port}`;
  const limit = afterwards.length === 0 ? READY_LIMIT_MS : READY_LIMIT_DOCKER_MS;
  try {
    if (await waitUntilReady(endpointUrl, supervised, task, limit)) {
      const { label, hostName } = launch;
      return {
        endpointUrl,
        kind: 'ministack',
        label,
        given: false,
        httpApis: true,
        hostName,
        ended: supervised.ended,
        stop: () => supervised.stop(),
      };
    }
  } catch (error) {
    await supervised.stop();
    throw error;
  }
  await supervised.stop();
  return null;
};

/**
 * Starts MiniStack on Python 3.10 or newer, else in Docker; throws a Problem if neither is there. Retries with another
 * port, since a free port may be taken before MiniStack binds it.
 */
export const startMiniStack = async (task: EmulatorTask, note: (text: string) => void): Promise<Emulator> => {
  const launcher = await chooseLauncher(task, note);
  const logFile = join(task.logDir, 'emulator.log');
  for (let attempt = 1; attempt <= LAUNCHES; attempt += 1) {
    note('starting');
    await mkdir(join(task.tempDir, 'home'), { recursive: true });
    const emulator = await launchOnce(task, launcher, logFile);
    if (emulator !== null) return emulator;
  }
  throw new Problem(
    `${await tailOf(logFile)}\n\nThe emulator did not start (${LAUNCHES} launches failed); see the end of its log above (${logFile}).`,
  );
};
