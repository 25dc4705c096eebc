/** Values over time: one for each interval of the simulation, up to its last one; later values are not kept. */
export interface Series {
  /** Adds to the interval of an instant. */
  readonly add: (atMs: number, value: number) => void;
  /** Keeps the greatest value of the interval of an instant. */
  readonly raise: (atMs: number, value: number) => void;
  readonly values: () => readonly number[];
}

export const makeSeries = (intervalMs: number, intervals: number): Series => {
  const values = new Float64Array(intervals);
  const put = (atMs: number, change: (known: number) => number) => {
    const index = Math.floor(atMs / intervalMs);
    const known = values[index];
    if (known !== undefined) values[index] = change(known);
  };
  return {
    add: (atMs, value) => put(atMs, (known) => known + value),
    raise: (atMs, value) => put(atMs, (known) => Math.max(known, value)),
    values: () => [...values],
  };
};
