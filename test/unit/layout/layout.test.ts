import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';

/** Every file that git tracks or would add. */
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: projectDir,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(projectDir, file)));

const IMPORT = /\bfrom\s+'(\.{1,2}\/[^']+)'/g;

/** The imports of each source file, including type imports. */
const imports = new Map(
  files
    .filter((file) => /^(functions|lib|scripts|portal\/src)\/.*\.tsx?$/.test(file))
    .map((file) => {
      const text = readFileSync(join(projectDir, file), 'utf8');
      return [
        file,
        [...text.matchAll(IMPORT)].map(([, path]) => normalize(join(dirname(file), path ?? ''))),
      ] as const;
    }),
);

/** The first import cycle reachable from a file, as a path, or undefined. */
const cycleFrom = (graph: ReadonlyMap<string, readonly string[]>, start: string, done: Set<string>) => {
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  return visit(start);
};

const firstCycle = (graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined => {
  const done = new Set<string>();
  for (const file of graph.keys()) {
    const cycle = cycleFrom(graph, file, done);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
};

describe('source layout', () => {
  it('has no circular imports, including type imports', () => {
    expect(firstCycle(imports)).toBeUndefined();
  });

  it('reports an import cycle of three files as a path', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['x', 'a']],
      ['x', []],
    ]);
    expect(firstCycle(graph)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('has at most 25 source files in a folder', () => {
    const crowded = Map.groupBy(
      files.filter((file) => /\.(tsx?|mjs|py)$/.test(file)),
      (file) => dirname(file),
    );
    const over = [...crowded].filter(([, inside]) => inside.length > 25).map(([folder]) => folder);
    expect(over).toEqual([]);
  });
});
