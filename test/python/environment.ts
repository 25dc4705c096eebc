import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { privateDir } from '../../scripts/local/paths.ts';
import { findPython } from '../../scripts/local/emulator/python.ts';

const run = promisify(execFile);

const INSTALL_MS = 900_000;
const RUN_MS = 900_000;

export type PythonEnvironment =
  { readonly kind: 'ready'; readonly python: string } | { readonly kind: 'missing'; readonly why: string };

const install = async (python: string, requirement: string, folder: string): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true });
  const aside = await mkdtemp(`${folder}.`);
  try {
    await run(python, ['-m', 'venv', aside], { timeout: INSTALL_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', requirement];
    await run(join(aside, 'bin', 'python'), pip, { timeout: INSTALL_MS });
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
};

/**
 * A Python with one pinned package (`svix==2.9.1`) in a virtual environment that is created on first use. `missing`
 * without Python 3.10+ or, outside of CI, without a package index; in CI the latter throws, so that CI skips no test.
 */
export const pythonWith = async (requirement: string): Promise<PythonEnvironment> => {
  const found = await findPython();
  if (found === null) return { kind: 'missing', why: 'there is no Python 3.10 or newer' };
  const folder = join(privateDir, `python-${requirement.replace('==', '-')}-py${found.version}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return { kind: 'ready', python };
  try {
    await install(found.command, requirement, folder);
    return { kind: 'ready', python };
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    return { kind: 'missing', why: `${requirement} could not be installed: ${String(error)}` };
  }
};

/** Runs a script of this folder and returns its output; throws with its traceback if it fails. */
export const runPython = async (python: string, script: string, args: readonly string[]): Promise<string> => {
  const { stdout } = await run(python, [join(import.meta.dirname, script), ...args], { timeout: RUN_MS });
  return stdout;
};
