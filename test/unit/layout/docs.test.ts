import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(projectDir, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const textOf = (page: string) => readFileSync(join(projectDir, page), 'utf8');

const FOLDERS = 'bin|docs|functions|lib|scripts|test';
const PATH = new RegExp(`\`((?:${FOLDERS})/[\\w./-]+)\``, 'g');
const LINK = /\]\(([^)#:]+)(?:#[^)]*)?\)/g;
const NUMBER = /[Dd]ecisions?[ /](\d{4})\b/g;
const COMMAND = /npm run ([a-z][\w:-]*)/g;

const found = (page: string, pattern: RegExp): readonly string[] =>
  [...textOf(page).matchAll(pattern)].flatMap(([, match]) => match ?? []);

const decisions = readdirSync(join(projectDir, 'docs/decisions')).map((name) => name.slice(0, 4));

it.each(pages)('documentation: %s names only files, links and decisions that exist', (page) => {
  // `docs/decisions/0012` is the number of a decision, NNNN a placeholder.
  const paths = found(page, PATH).filter((path) => !/decisions\/(?:\d{4}|NNNN)/.test(path));
  const missing = [
    ...paths.filter((path) => !existsSync(join(projectDir, path))),
    ...found(page, LINK).filter((link) => !existsSync(join(projectDir, dirname(page), link))),
    ...found(page, NUMBER).filter((number) => !decisions.includes(number)),
  ];
  expect(missing).toEqual([]);
});

it.each(pages)('documentation: %s names only npm scripts that exist', (page) => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  expect(found(page, COMMAND).filter((name) => !(name in scripts))).toEqual([]);
});
