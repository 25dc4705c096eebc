/** Randomness that is the same in each run of the same seed. */
export interface Random {
  /** In [0, 1). */
  readonly next: () => number;
  /** A whole number in [0, below). */
  readonly below: (limit: number) => number;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
  /** True with that probability. */
  readonly chance: (probability: number) => boolean;
  readonly bytes: (count: number) => Uint8Array;
  readonly shuffled: <Item>(items: readonly Item[]) => Item[];
}

/** Mulberry32: 32 bits of state, good enough to disperse and to shuffle. */
export const makeRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    jitter: () => next() * 2 - 1,
    chance: (probability) => probability > 0 && next() < probability,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    shuffled: (items) => {
      const mixed = [...items];
      for (let index = mixed.length - 1; index > 0; index -= 1) {
        const other = below(index + 1);
        [mixed[index], mixed[other]] = [mixed[other]!, mixed[index]!];
      }
      return mixed;
    },
  };
};
