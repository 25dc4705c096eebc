/** Takes so many bytes of a budget, waiting in line until they are free; what it answers gives them back. */
export type TakeBytes = (bytes: number) => Promise<() => void>;

export interface ByteBudget {
  readonly total: number;
  /** Takers of no more than this do not wait, and do not count. */
  readonly free: number;
}

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/** Bounds the bytes that are in flight, first come first served; one taker of more than the total runs alone. */
export const makeByteBudget = ({ total, free }: ByteBudget): TakeBytes => {
  const line: Waiting[] = [];
  let used = 0;

  const admit = () => {
    for (let next = line[0]; next !== undefined; next = line[0]) {
      if (used > 0 && used + next.bytes > total) return;
      line.shift();
      used += next.bytes;
      next.start();
    }
  };

  return async (bytes) => {
    if (bytes <= free) return () => undefined;
    await new Promise<void>((start) => {
      line.push({ bytes, start });
      admit();
    });
    let given = false;
    return () => {
      if (given) return;
      given = true;
      used -= bytes;
      admit();
    };
  };
};
