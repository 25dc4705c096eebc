import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Launch } from './running-emulator.ts';
import { modulesDir } from '../paths.ts';
import { MINISTACK_VERSION } from './venv.ts';

const run = promisify(execFile);
const IMAGE = `ministackorg/ministack:${MINISTACK_VERSION}`;
const MODULES_INSIDE = '/opt/posthorn/node_modules';

const operatingSystem = async (): Promise<string | null> => {
  try {
    const { stdout } = await run('docker', ['info', '--format', '{{.OperatingSystem}}'], { timeout: 20_000 });
    return stdout.trim();
  } catch {
    return null; // no docker command, or no daemon that answers
  }
};

export const dockerIsRunning = async (): Promise<boolean> => (await operatingSystem()) !== null;

const settings = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);

/** The variables that are also valid inside the container. */
const inside = (variables: Readonly<Record<string, string>>, bindHost: string): Record<string, string> => {
  const valid = Object.entries(variables).filter(([name]) => !['PATH', 'HOME', 'TMPDIR'].includes(name));
  return { ...Object.fromEntries(valid), BIND_HOST: bindHost, NODE_PATH: MODULES_INSIDE };
};

/**
 * MiniStack in a container. On Linux it shares the host's network, so functions reach the host as 127.0.0.1. Docker
 * Desktop runs containers in a virtual machine, where the host is host.docker.internal.
 */
export const docker = async (port: number, variables: Readonly<Record<string, string>>): Promise<Launch> => {
  const shared = process.platform === 'linux' && (await operatingSystem()) !== 'Docker Desktop';
  const name = `posthorn-${randomUUID().slice(0, 8)}`;
  const network = shared ? ['--network', 'host'] : ['-p', `127.0.0.1:${port}:${port}`];
  const env = inside(variables, shared ? '127.0.0.1' : '0.0.0.0');
  const mount = ['-v', `${modulesDir}:${MODULES_INSIDE}:ro`];
  return {
    label: `MiniStack ${MINISTACK_VERSION} in Docker`,
    command: 'docker',
    args: ['run', '--rm', '--name', name, ...network, ...mount, ...settings(env), IMAGE],
    env: Object.fromEntries(
      Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    afterwards: ['docker', 'rm', '-f', name],
    hostName: shared ? '127.0.0.1' : 'host.docker.internal',
  };
};
