import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';

/** Every file that git knows or would take. */
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: projectDir,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(projectDir, file)));

const IMPORT = /\bfrom\s+'(\.{1,2}\/[^']+)'/g;

/** What each source file imports, types included. */
const imports = new Map(
  files
    .filter((file) => /^(functions|lib|scripts)\/.*\.ts$/.test(file))
    .map((file) => {
      const text = readFileSync(join(projectDir, file), 'utf8');
      return [
        file,
        [...text.matchAll(IMPORT)].map(([, path]) => normalize(join(dirname(file), path ?? ''))),
      ] as const;
    }),
);

/** The first circle of imports that can be reached from a file, as a path; undefined: there is none. */
const circleFrom = (graph: ReadonlyMap<string, readonly string[]>, start: string, done: Set<string>) => {
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next);
      if (circle !== undefined) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  return visit(start);
};

const firstCircle = (graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined => {
  const done = new Set<string>();
  for (const file of graph.keys()) {
    const circle = circleFrom(graph, file, done);
    if (circle !== undefined) return circle;
  }
  return undefined;
};

describe('the layout of the source', () => {
  it('has no circular imports, of types neither', () => {
    expect(firstCircle(imports)).toBeUndefined();
  });

  it('would report a circle of three files by its path', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['x', 'a']],
      ['x', []],
    ]);
    expect(firstCircle(graph)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('has at most 25 source files beside each other in a folder', () => {
    const crowded = Map.groupBy(
      files.filter((file) => /\.(ts|mjs|py)$/.test(file)),
      (file) => dirname(file),
    );
    const over = [...crowded].filter(([, inside]) => inside.length > 25).map(([folder]) => folder);
    expect(over).toEqual([]);
  });
});
