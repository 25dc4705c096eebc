/** Random numbers that a seed determines. */
export interface Random {
  /** Evenly from 0 (included) to 1. */
  readonly next: () => number;
  readonly below: (end: number) => number;
  readonly chance: (probability: number) => boolean;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
  readonly exponential: (mean: number) => number;
  readonly normal: () => number;
}

/** Mulberry32: small, fast and good enough for a simulation. */
const mulberry32 = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const makeRandom = (seed: number): Random => {
  const next = mulberry32(seed);
  return {
    next,
    below: (end) => Math.floor(next() * end),
    chance: (probability) => next() < probability,
    jitter: () => 2 * next() - 1,
    exponential: (mean) => -mean * Math.log(1 - next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
};

/** A number from 0 to 1 that is always the same for the same two integers. */
export const hashed = (one: number, other: number): number =>
  mulberry32(Math.imul(one + 1, 0x9e3779b1) ^ Math.imul(other + 1, 0x85ebca6b))();

/** The standard normal quantile of 0.95. */
const Z95 = 1.6449;

/** Samples a lognormal distribution with this median and 95th percentile. */
export const logNormal = (random: Random, p50: number, p95: number): number =>
  p50 * Math.exp(((Math.log(p95) - Math.log(p50)) / Z95) * random.normal());
