import type { Check } from '../checks.ts';
import type { Result } from '../result.ts';
import { asMarkdown, asText, partsOf } from './table.ts';

export const textReport = (results: readonly Result[], checks: readonly Check[]): string =>
  partsOf(results, checks)
    .map(([title, rows]) => `${title}\n${asText(rows)}`)
    .join('\n\n');

export const markdownReport = (made: string, results: readonly Result[], checks: readonly Check[]): string =>
  [made, ...partsOf(results, checks).map(([title, rows]) => `**${title}**\n\n${asMarkdown(rows)}`)].join(
    '\n\n',
  );
