/** Buckets grow by this factor, so percentiles are exact to 1 %. */
const GROWTH = 1.01;
const LOG = Math.log(GROWTH);

/** Counts of durations in ms, with percentiles. */
export interface Histogram {
  readonly add: (value: number) => void;
  readonly count: () => number;
  readonly mean: () => number;
  readonly max: () => number;
  /** 0 for an empty histogram. */
  readonly percentile: (percent: number) => number;
}

export const makeHistogram = (): Histogram => {
  const counts = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let max = 0;
  return {
    add: (value) => {
      const bucket = value <= 1 ? 0 : Math.round(Math.log(value) / LOG);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
      count += 1;
      sum += value;
      if (value > max) max = value;
    },
    count: () => count,
    mean: () => (count === 0 ? 0 : sum / count),
    max: () => max,
    percentile: (percent) => {
      let left = Math.ceil((percent / 100) * count);
      for (const bucket of [...counts.keys()].sort((one, other) => one - other)) {
        left -= counts.get(bucket) ?? 0;
        if (left <= 0) return Math.min(max, Math.exp(bucket * LOG));
      }
      return 0;
    },
  };
};
