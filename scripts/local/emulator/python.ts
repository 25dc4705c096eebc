import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Newest first; the unversioned names last, since they may be any version. */
const NAMES = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python'];

/** Checks for venv and ensurepip too, which Debian ships in a separate package. */
const PROBE = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

export interface Python {
  readonly command: string;
  readonly version: string;
}

export const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.trim().split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 10);
};

const probe = async (command: string): Promise<Python | null> => {
  try {
    const { stdout } = await run(command, ['-c', PROBE], { timeout: 10_000 });
    return isNewEnough(stdout) ? { command, version: stdout.trim() } : null;
  } catch {
    return null; // missing, an empty shim of a version manager, or without venv: try the next name
  }
};

/** The first Python 3.10+ that can create a virtual environment; null if there is none. */
export const findPython = async (names: readonly string[] = NAMES): Promise<Python | null> => {
  for (const name of names) {
    const found = await probe(name);
    if (found !== null) return found;
  }
  return null;
};
