import { pagePart } from '../local/page-part.ts';
import type { ProbeOutcome, ProbedOperation } from './probe.ts';

export const TABLE_PART = pagePart(
  'compatibility.md',
  '<!-- written by `npm run compatibility` -->',
  '<!-- end of what `npm run compatibility` writes -->',
);

const outcomeText = (outcome: ProbeOutcome): string => {
  switch (outcome.kind) {
    case 'works':
      return `works (${outcome.status})`;
    case 'absent':
      return '501';
    case 'broken':
      return `broken: ${outcome.why}`;
  }
};

/** A Markdown table, padded as the formatter of this repository requires. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
};

/** The generated part of the page: the count, and how each operation was answered. */
export const render = (probed: readonly ProbedOperation[]): string => {
  const count = (kind: ProbeOutcome['kind']) => probed.filter(({ outcome }) => outcome.kind === kind).length;
  const broken = count('broken') === 0 ? '' : `, ${count('broken')} are broken`;
  const rows = probed.map(({ name, route, outcome }): [string, string, string] => [
    `\`${name}\``,
    `\`${route}\``,
    outcomeText(outcome),
  ]);
  return [
    `Of ${probed.length} operations ${count('works')} work; ${count('absent')} answer 501 with a JSON body${broken}.`,
    table(['Operation', 'Request', 'Answer'], rows),
  ].join('\n\n');
};
