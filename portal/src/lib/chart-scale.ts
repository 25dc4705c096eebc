const STEPS = [1, 2, 5, 10];

/** A round upper end for an axis from 0, and its ticks. */
export const axisOf = (
  largest: number,
  ticks = 3,
): { readonly top: number; readonly ticks: readonly number[] } => {
  const raw = Math.max(1, largest) / ticks;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, (STEPS.find((each) => each * power >= raw) ?? 10) * power);
  const count = Math.max(1, Math.ceil(largest / step));
  return { top: step * count, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
};

/** Indexes of at most `most` labels, evenly spread over `count` bars. */
export const labelledIndexes = (count: number, most: number): readonly number[] => {
  const every = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: count }, (_, index) => index).filter((index) => index % every === 0);
};
