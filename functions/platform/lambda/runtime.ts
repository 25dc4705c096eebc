import { randomBytes, randomInt } from 'node:crypto';
import { REVISION_COPIES } from '../dynamodb/keys.ts';
import { makeIds } from '../ids/ids.domain.ts';

/** The clock, randomness and new ids of a Lambda function. Flows get them as arguments. */
export const now = (): number => Date.now();
export const newIds = () => makeIds((count) => randomBytes(count));
export const randomCopy = (): number => randomInt(REVISION_COPIES);
/** From -1 to 1. */
export const jitter = (): number => Math.random() * 2 - 1;
