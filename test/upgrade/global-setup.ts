import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeLog } from '../../scripts/local/log.ts';
import { modulesDir, projectDir } from '../../scripts/local/paths.ts';
import { bootStack } from '../../scripts/local/stack.ts';
import { provideStack } from '../support/global-setup.ts';

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: projectDir, encoding: 'utf8' }).trim();

/** The newest release before this commit; before the first release, the commit in `previous-release`. */
const previousRelease = (): string => {
  const tags = git('tag', '--list', 'v*', '--sort=-v:refname', '--merged', 'HEAD').split('\n');
  const head = git('rev-parse', 'HEAD');
  const tag = tags.find((name) => name !== '' && git('rev-parse', `${name}^{commit}`) !== head);
  return tag ?? readFileSync(join(import.meta.dirname, 'previous-release'), 'utf8').trim();
};

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Whether every package that a checkout needs is installed here in the same version. */
const canShareModules = (folder: string): boolean => {
  const [old, current] = [manifestOf(folder), manifestOf(projectDir)];
  const installed = { ...current.dependencies, ...current.devDependencies };
  return Object.entries({ ...old.dependencies, ...old.devDependencies }).every(
    ([name, version]) => installed[name] === version,
  );
};

const checkOut = (ref: string, folder: string): void => {
  git('worktree', 'add', '--detach', folder, ref);
  if (canShareModules(folder)) symlinkSync(modulesDir, join(folder, 'node_modules'));
  else
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], {
      ...{ cwd: folder, stdio: 'inherit' },
    });
};

/** Deploys the previous release to an emulator. The test deploys this one over it. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-'));
  const appDir = join(await mkdtemp(join(tmpdir(), 'posthorn-previous-')), 'checkout');
  const log = makeLog(process.stdout);
  const ref = previousRelease();
  log.line(`           previous release: ${ref}`);
  checkOut(ref, appDir);
  const removeCheckout = () => git('worktree', 'remove', '--force', appDir);
  try {
    const stack = await bootStack({
      ...{ stage: 'local', appDir, log, tempDir },
      logDir: process.env['POSTHORN_LOG_DIR'] ?? join(tempDir, 'logs'),
      signal: new AbortController().signal,
    });
    provideStack(project, stack);
    return async () => {
      await stack.stop();
      removeCheckout();
    };
  } catch (error) {
    removeCheckout();
    throw error;
  }
};
