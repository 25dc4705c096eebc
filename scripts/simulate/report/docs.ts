import { readFileSync, writeFileSync } from 'node:fs';
import { pagePart } from '../../local/page-part.ts';

const PAGE = new URL('../../../docs/scale.md', import.meta.url);
const IMAGE = new URL('../../../docs/images/scale.svg', import.meta.url);

/** Replaces the part of docs/scale.md between the comments of a scenario. Throws without them. */
export const writeDocs = (name: string, text: string): void => {
  const part = pagePart('scale.md', `<!-- ${name}: start -->`, `<!-- ${name}: end -->`);
  writeFileSync(PAGE, part.replace(readFileSync(PAGE, 'utf8'), text));
};

export const writeImage = (svg: string): void => writeFileSync(IMAGE, svg);
