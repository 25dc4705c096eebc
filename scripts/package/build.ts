import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { z } from 'zod';
import { ENTRIES, bundleEntry } from '../../lib/building-blocks/function-code.ts';
import { pageFiles } from '../../lib/constructs/portal/page-files.ts';
import { projectDir } from '../local/paths.ts';
import { declarationsOf } from './declarations.ts';
import { thirdPartyNotices } from './notices.ts';

const ENTRY = 'lib/index.ts';

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

/** The package.json of the package. Its peers are CDK's libraries, from the versions with which the tests ran. */
const manifestOf = (text: string) => {
  const { name, version, description, license, dependencies, devDependencies } = manifest.parse(
    JSON.parse(text),
  );
  const peer = (library: string) => `^${devDependencies[library] ?? ''}`;
  return {
    ...{ name, version, description, license },
    keywords: ['aws-cdk', 'webhooks', 'svix', 'standard-webhooks'],
    engines: { node: '>=20' },
    main: 'index.js',
    types: 'types/lib/index.d.ts',
    exports: { '.': { types: './types/lib/index.d.ts', default: './index.js' } },
    // The declarations of the options are those of their schema.
    dependencies: { zod: dependencies['zod'] },
    peerDependencies: { 'aws-cdk-lib': peer('aws-cdk-lib'), constructs: peer('constructs') },
  };
};

/** CommonJS, which apps of both kinds can import. */
const bundleConstruct = (folder: string) =>
  build({
    ...{
      entryPoints: [join(projectDir, ENTRY)],
      outfile: join(folder, 'index.js'),
      absWorkingDir: projectDir,
    },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', legalComments: 'none' },
    external: ['aws-cdk-lib', 'constructs', 'zod'],
    conditions: ['posthorn-package'],
    // The main files of some packages cannot be bundled (UMD).
    mainFields: ['module', 'main'],
    define: { 'import.meta.dirname': '__dirname' },
  });

const write = (folder: string, path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** Writes the files of the package to an empty folder. */
const writeContents = async (folder: string): Promise<void> => {
  for (const entry of ENTRIES) bundleEntry(entry, join(folder, 'functions', entry), 'none');
  write(folder, 'page.json', JSON.stringify(pageFiles().map(({ path, etag }) => ({ path, etag }))));
  await bundleConstruct(folder);
  for (const [path, text] of declarationsOf(ENTRY)) write(folder, join('types', path), text);
  const text = readFileSync(join(projectDir, 'package.json'), 'utf8');
  write(folder, 'package.json', `${JSON.stringify(manifestOf(text), undefined, 2)}\n`);
  write(folder, 'THIRD-PARTY-NOTICES', await thirdPartyNotices(ENTRY));
  copyFileSync(join(projectDir, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(projectDir, 'docs/package.md'), join(folder, 'README.md'));
};

const packed = z.tuple([z.object({ filename: z.string() })]);

/** Builds the package below `folder` and returns the path of its tarball. */
export const buildPackage = async (folder: string): Promise<string> => {
  const contents = join(folder, 'package');
  rmSync(contents, { recursive: true, force: true });
  mkdirSync(contents, { recursive: true });
  await writeContents(contents);
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: contents },
  );
  return join(folder, packed.parse(JSON.parse(stdout))[0].filename);
};
