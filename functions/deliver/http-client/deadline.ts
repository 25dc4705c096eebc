import { performance } from 'node:perf_hooks';

/** An instant of the monotonic clock, in milliseconds. */
export type Instant = number;

export const rightNow = (): Instant => performance.now();

export const inMs = (ms: number): Instant => rightNow() + ms;

export const msUntil = (instant: Instant): number => Math.max(0, instant - rightNow());

export const msSince = (instant: Instant): number => rightNow() - instant;

/** Rejects with `late()` if `work` has not settled by `deadline`. `work` itself continues. */
export async function before<T>(deadline: Instant, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), msUntil(deadline));
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
