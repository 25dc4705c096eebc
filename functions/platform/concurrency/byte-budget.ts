/** Acquires bytes of a budget, and waits until they are free. Returns the function that releases them. */
export type TakeBytes = (bytes: number) => Promise<() => void>;

export interface ByteBudget {
  readonly total: number;
  /** Requests of up to this many bytes do not wait and are not counted. */
  readonly free: number;
}

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * A semaphore over bytes in flight, first in, first out. A request of more than the total gets the whole budget alone.
 */
export const makeByteBudget = ({ total, free }: ByteBudget): TakeBytes => {
  const queue: Waiting[] = [];
  let used = 0;

  const admit = () => {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (used > 0 && used + next.bytes > total) return;
      queue.shift();
      used += next.bytes;
      next.start();
    }
  };

  return async (bytes) => {
    if (bytes <= free) return () => undefined;
    await new Promise<void>((start) => {
      queue.push({ bytes, start });
      admit();
    });
    let released = false;
    return () => {
      if (released) return;
      released = true;
      used -= bytes;
      admit();
    };
  };
};
