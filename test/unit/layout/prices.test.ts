import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { IDLE_MONTH_DOLLARS, MEASURED_DOLLARS } from '../../../scripts/simulate/model/measured.ts';
import { projectDir } from '../../../scripts/local/paths.ts';

const readme = readFileSync(join(projectDir, 'README.md'), 'utf8');
const performance = readFileSync(join(projectDir, 'docs/performance.md'), 'utf8');

/** The last cell of the first row of a page that begins with a text. */
const last = (page: string, row: string): string => {
  const cells =
    page
      .split('\n')
      .find((line) => line.startsWith(`| ${row} `))
      ?.split('|') ?? [];
  return cells.at(-2)?.trim() ?? `no row "${row}"`;
};

/** The table of prices by service, whose last column is the total. */
const byService = performance.slice(performance.indexOf('| dollars per million messages'));
const idle = performance.slice(performance.indexOf('| idle for a month'));
const second = (page: string, row: string): string =>
  page
    .split('\n')
    .find((line) => line.startsWith(`| ${row} `))
    ?.split('|')[2]
    ?.trim() ?? `no row "${row}"`;

it.each([
  [
    'a million messages of 1 KB to one endpoint, full batches',
    last(byService, 'one endpoint, 1 KB, full batches'),
  ],
  ['one by one', last(byService, 'one endpoint, 1 KB, one by one')],
  ['by batch publish', last(byService, 'batch publish of 50, full batches')],
  ['an idle stage for a month, of which 3.00 for the dashboard', second(idle, 'total')],
])('README: the price of %s is the one of docs/performance.md', (row, price) => {
  expect(price).toMatch(/^\d+\.\d\d$/);
  expect(last(readme, row)).toBe(price);
});

it.each([
  ['one by one', MEASURED_DOLLARS.oneByOne, last(byService, 'one endpoint, 1 KB, one by one')],
  ['full batches', MEASURED_DOLLARS.fullBatches, last(byService, 'one endpoint, 1 KB, full batches')],
  ['an idle month', IDLE_MONTH_DOLLARS, second(idle, 'total')],
])('npm run simulate: the price of %s is the one of docs/performance.md', (_what, dollars, price) => {
  expect(dollars.toFixed(2)).toBe(price);
});
