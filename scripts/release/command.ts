import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../local/problem.ts';
import { isAfter, released, unreleased } from './changelog.ts';
import type { ReleaseOptions } from './options.ts';

export interface Checkout {
  /** The folder of the checkout. */
  readonly folder: string;
  readonly read: (file: string) => Promise<string>;
  readonly write: (file: string, text: string) => Promise<void>;
  /** Runs a program in the folder and returns its output. Throws if it fails. */
  readonly run: (command: string, args: readonly string[]) => Promise<string>;
  readonly say: (text: string) => void;
  readonly now: () => number;
}

const manifest = z.looseObject({ version: z.string() });

/** Packages that bundles of functions contain, in CycloneDX; from the lock file, so that it needs no installation. */
const SBOM = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'dev'];

const CHANGELOG = 'CHANGELOG.md';
const PACKAGE = 'package.json';
const LOCK = 'package-lock.json';
const releaseSubject = (version: string) => `Release ${version}`;
/** The files that a release changes. */
const RELEASED = [CHANGELOG, PACKAGE, LOCK];

const check = async ({ run, read }: Checkout, version: string): Promise<void> => {
  if ((await run('git', ['status', '--porcelain'])) !== '')
    throw new Problem(
      `The checkout has changes that are not committed. If a release was stopped before its commit: git restore ${RELEASED.join(' ')}`,
    );
  const { version: before } = manifest.parse(JSON.parse(await read(PACKAGE)));
  const tag = (await run('git', ['tag', '--list', `v${version}`])).trim();
  if (tag === '' && (await run('git', ['log', '-1', '--format=%s'])).trim() === releaseSubject(version))
    throw new Problem(
      `The release was stopped before its tag. Finish it: git tag -a v${version} -m "Posthorn ${version}"`,
    );
  if (!isAfter(version, before)) throw new Problem(`${version} does not come after ${before}.`);
  if (tag !== '') throw new Problem(`The tag v${version} exists already.`);
  unreleased(await read(CHANGELOG));
};

/** Sets the version of the package, and of the package in its lock file: each has it at its beginning. */
const withVersion = (text: string, version: string, times: number): string => {
  let left = times;
  return text.replaceAll(/^(\s{2,6}"version": )"[^"]*"/gm, (found: string, name: string) => {
    left -= 1;
    return left < 0 ? found : `${name}"${version}"`;
  });
};

/**
 * Makes a release of a checkout: moves the changes of the changelog under the version, sets it in package.json, writes an
 * SBOM, commits and tags. Pushes nothing. Without `--yes` it only checks and says what it would do.
 */
export const release = async (checkout: Checkout, { version, yes }: ReleaseOptions): Promise<void> => {
  const { read, write, run, say } = checkout;
  await check(checkout, version);
  const changes = unreleased(await read(CHANGELOG));
  const sbomFile = `posthorn-${version}.cdx.json`;
  say(`Release ${version}:\n\n${changes}\n`);
  if (!yes) {
    say(`Nothing was changed: --yes would commit, tag v${version} and write .posthorn/${sbomFile}.`);
    return;
  }
  const day = new Date(checkout.now()).toISOString().slice(0, 10);
  try {
    await write(CHANGELOG, released(await read(CHANGELOG), version, day));
    await write(PACKAGE, withVersion(await read(PACKAGE), version, 1));
    await write(LOCK, withVersion(await read(LOCK), version, 2));
    await write(join('.posthorn', sbomFile), await run('npm', SBOM));
    await run('git', ['add', ...RELEASED]);
    await run('git', ['commit', '--quiet', '-m', releaseSubject(version)]);
  } catch (error) {
    // The checkout had no changes before: what is there now is from this release.
    await run('git', ['restore', '--staged', '--worktree', ...RELEASED]);
    throw error;
  }
  await run('git', ['tag', '-a', `v${version}`, '-m', `Posthorn ${version}\n\n${changes}`]);
  say(`Tagged v${version}. Next:
  npm test && npm run upgrade-test                 # from the previous release to this one
  git push --follow-tags
  gh release create v${version} --notes-from-tag .posthorn/${sbomFile}`);
};
