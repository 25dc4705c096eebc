import { randomFillSync, randomInt } from 'node:crypto';
import { REVISION_COPIES } from '../dynamodb/keys.ts';
import { makeIds } from '../ids/ids.domain.ts';

const POOL_BYTES = 4_096;

/** Random bytes, each handed out once: one call of the system's generator serves a few hundred ids. */
const makePooledRandom = () => {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (count: number): Uint8Array => {
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += count;
    return pool.slice(used - count, used);
  };
};

/** The clock, randomness and new ids of a Lambda function. Flows get them as arguments. */
export const now = (): number => Date.now();
export const newIds = () => makeIds(makePooledRandom());
export const randomCopy = (): number => randomInt(REVISION_COPIES);
/** From -1 to 1. */
export const jitter = (): number => Math.random() * 2 - 1;
