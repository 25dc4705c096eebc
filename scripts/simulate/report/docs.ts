import { readFileSync, writeFileSync } from 'node:fs';
import { Problem } from '../../local/problem.ts';

const PAGE = new URL('../../../docs/scale.md', import.meta.url);
const IMAGE = new URL('../../../docs/images/scale.svg', import.meta.url);

/** Replaces the part of docs/scale.md between the markers of a scenario. Throws a Problem without markers. */
export const writeDocs = (name: string, text: string): void => {
  const page = readFileSync(PAGE, 'utf8');
  const [start, end] = [`<!-- ${name}: start -->`, `<!-- ${name}: end -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < 0)
    throw new Problem(`docs/scale.md has no part for the scenario ${name}: add ${start} and ${end}.`);
  writeFileSync(PAGE, `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`);
};

export const writeImage = (svg: string): void => writeFileSync(IMAGE, svg);
