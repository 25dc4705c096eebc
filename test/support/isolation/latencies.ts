import { createHistogram } from 'node:perf_hooks';

/** Latency percentiles of the messages of healthy tenants, in whole milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export const latenciesOf = (milliseconds: readonly number[]): Latencies => {
  const histogram = createHistogram();
  for (const one of milliseconds) histogram.record(Math.max(1, Math.round(one)));
  const [p50, p95, p99] = [50, 95, 99].map((percent) => histogram.percentile(percent));
  return { p50: p50!, p95: p95!, p99: p99!, max: histogram.max };
};

export const ratio = (one: number, other: number): string => `${(one / other).toFixed(2)} x`;

/** Rows as text with aligned columns, the first to the left and the others to the right. */
export const table = (rows: readonly (readonly (string | number)[])[]): string => {
  const texts = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)),
  );
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return texts.map((row) => `  ${line(row)}`).join('\n');
};
