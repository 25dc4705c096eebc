import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { projectDir } from '../local/paths.ts';

/** Imports and exports of other modules, with or without names. */
const RELATIVE = /(\bfrom\s+|\bimport\(|\bimport\s+)(['"])(\.[^'"]+)\.ts\2/g;

const HOST: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  },
};

/** Declarations by path in the repository (`lib/index.d.ts`), with the imports that a compiler of any age resolves. */
const emitted = (entry: string): ReadonlyMap<string, string> => {
  const parsed = ts.getParsedCommandLineOfConfigFile(join(projectDir, 'tsconfig.json'), {}, HOST);
  const program = ts.createProgram([join(projectDir, entry)], {
    ...parsed?.options,
    ...{ noEmit: false, incremental: false, declaration: true, emitDeclarationOnly: true },
    ...{ rootDir: projectDir, customConditions: ['posthorn-package'] },
  });
  const files = new Map<string, string>();
  const { diagnostics, emitSkipped } = program.emit(undefined, (path, text) => {
    files.set(path.slice(projectDir.length + 1), text.replaceAll(RELATIVE, '$1$2$3.js$2'));
  });
  const [first] = diagnostics;
  if (emitSkipped || first !== undefined)
    throw new Error(`declarations: ${ts.flattenDiagnosticMessageText(first?.messageText, '\n')}`);
  return files;
};

const IMPORTED = /['"](\.[^'"]+)\.js['"]/g;

/** The declaration files that the entry needs: its own, and those that it imports. */
export const declarationsOf = (entry: string): ReadonlyMap<string, string> => {
  const all = emitted(entry);
  const needed = new Map<string, string>();
  const add = (path: string): void => {
    const text = all.get(path);
    if (text === undefined) throw new Error(`declarations: there is no ${path}`);
    if (needed.has(path)) return;
    needed.set(path, text);
    for (const [, name] of text.matchAll(IMPORTED))
      if (name !== undefined) add(normalize(join(dirname(path), `${name}.d.ts`)));
  };
  add(entry.replace(/\.ts$/, '.d.ts'));
  return needed;
};
