import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { ENTRIES, handlerFile } from '../../lib/building-blocks/function-code.ts';
import { projectDir } from '../local/paths.ts';

const manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** The folder of the package that a file belongs to, of nested packages the innermost. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Folders of the packages of which the bundles of functions, page and construct contain code. */
const bundledPackages = async (constructEntry: string): Promise<readonly string[]> => {
  const { metafile } = await build({
    entryPoints: [
      ...ENTRIES.map(handlerFile),
      join(projectDir, constructEntry),
      join(projectDir, 'portal/src/main.tsx'),
    ],
    ...{ absWorkingDir: projectDir, outdir: 'unused', write: false, bundle: true, metafile: true },
    ...{ platform: 'node', mainFields: ['module', 'main'], conditions: ['posthorn-package'] },
    ...{ format: 'esm', packages: 'bundle', external: ['aws-cdk-lib', 'constructs'], logLevel: 'error' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact' },
    loader: { '.css': 'empty', '.svg': 'empty', '.woff2': 'empty' },
  });
  const folders = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => PACKAGE.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
};

/** What a package is called, and the text of its license. */
const noticeOf = (folder: string): { readonly title: string; readonly text: string } => {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|notice)/i.test(name));
  const { name, version, license } = manifest.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
};

/** The licenses of bundled packages, which have to accompany their code; packages with the same text share it. */
export const thirdPartyNotices = async (constructEntry: string): Promise<string> => {
  const folders = await bundledPackages(constructEntry);
  const notices = Map.groupBy(
    folders.map((folder) => noticeOf(join(projectDir, folder))),
    ({ text }) => text,
  );
  return [...notices]
    .map(([text, some]) => `${some.map(({ title }) => title).join('\n')}\n\n${text}`)
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
};
