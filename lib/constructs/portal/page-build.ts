import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const source = join(root, 'portal');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');

/** The file in the output that names the sources which it was built from. */
const STAMP = '.sources';

/** Folders of portal/ that are no sources. */
const isOutput = (path: string) => /^(dist|node_modules)/.test(path);

const sourceFiles = (): string[] =>
  readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
    .filter((path) => !isOutput(path))
    .sort();

/** A hash of everything that the page is built from: its sources and the versions of its packages. */
const sourcesHash = (): string => {
  const hash = createHash('sha256');
  for (const path of [
    ...sourceFiles().map((file) => join('portal', file)),
    'package-lock.json',
    'tsconfig.json',
  ])
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
};

const builtFrom = (folder: string): string | undefined => {
  const stamp = join(folder, STAMP);
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
};

/**
 * Puts a finished build in place of an older one. Another process may do the same at the same time; both have built the
 * same sources, so whichever is first wins.
 */
const install = (built: string, folder: string): void => {
  const old = `${built}.old`;
  try {
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(built, folder);
  } catch (error) {
    if (builtFrom(folder) !== builtFrom(built)) throw error;
    rmSync(built, { recursive: true, force: true });
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
};

/** Builds the page into a folder, the same from every shell: with another NODE_ENV, Vite would ship code for debugging. */
export const buildPage = (folder: string): void => {
  // Standard output belongs to the CDK CLI; the build prints only when it fails.
  execFileSync(
    process.execPath,
    [vite, 'build', source, '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'],
    { cwd: source, env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
};

/**
 * The folder of the built page, `portal/dist`. Builds it if its sources have changed since the last build, in about three
 * seconds; a synth therefore needs no build step before it.
 */
export const builtPage = (): string => {
  const folder = join(source, 'dist');
  const hash = sourcesHash();
  if (builtFrom(folder) === hash) return folder;
  const building = mkdtempSync(join(source, 'dist-'));
  try {
    buildPage(building);
    writeFileSync(join(building, STAMP), hash);
    install(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return folder;
};
