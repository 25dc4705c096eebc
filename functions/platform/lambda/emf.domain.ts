/** One line of CloudWatch's Embedded Metric Format, of one set of dimensions. */
export interface MetricLine {
  readonly atMs: number;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Sums of the time since the last line. */
  readonly counts: Readonly<Record<string, number>>;
  /** Single measurements in ms, of which CloudWatch computes percentiles. */
  readonly times: Readonly<Record<string, readonly number[]>>;
}

export const METRICS_NAMESPACE = 'Posthorn';
/** The most values of one metric in a line. */
export const MOST_VALUES = 100;

/**
 * The text of a line, without a line break. Powertools writes the same with a second dimension and a unit for each metric, in
 * half as many bytes again: a healthy message has a budget of 400 bytes in all logs.
 */
export const emfLine = ({ atMs, dimensions, counts, times }: MetricLine): string =>
  JSON.stringify({
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [Object.keys(dimensions)],
          Metrics: [
            ...Object.keys(counts).map((Name) => ({ Name })),
            ...Object.keys(times).map((Name) => ({ Name, Unit: 'Milliseconds' })),
          ],
        },
      ],
    },
    ...dimensions,
    ...counts,
    ...times,
  });
