import type { Check } from '../checks.ts';
import type { Result } from '../result.ts';
import {
  accountTable,
  asMarkdown,
  asText,
  checkTable,
  hotTable,
  limitTable,
  mainTable,
  outageTable,
  priceTable,
} from './table.ts';
import type { Rows } from './table.ts';

const partsOf = (
  results: readonly Result[],
  checks: readonly Check[],
): readonly (readonly [string, Rows])[] =>
  [
    ['What each number of users needs', mainTable(results)] as const,
    ['The limit that is hit first', limitTable(results)] as const,
    ['Outage', outageTable(results)] as const,
    ['The hot tenant and the others', hotTable(results)] as const,
    ['Where every delivery ended', accountTable(results)] as const,
    ['Dollars per million messages, list prices', priceTable(results)] as const,
    ['Predictions checked', checks.length === 0 ? [] : checkTable(checks)] as const,
  ].filter(([, rows]) => rows.length > 0);

export const textReport = (results: readonly Result[], checks: readonly Check[]): string =>
  partsOf(results, checks)
    .map(([title, rows]) => `${title}\n${asText(rows)}`)
    .join('\n\n');

export const markdownReport = (made: string, results: readonly Result[], checks: readonly Check[]): string =>
  [made, ...partsOf(results, checks).map(([title, rows]) => `**${title}**\n\n${asMarkdown(rows)}`)].join(
    '\n\n',
  );
