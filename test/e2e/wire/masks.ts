import { expect } from 'vitest';

/** Matchers for values that differ in each run: ids, times and texts. */
const id = (prefix: string): unknown =>
  expect.stringMatching(new RegExp(`^${prefix}[0-9A-Za-z]{27}$`)) as unknown;

export const APP = id('app_');
export const EP = id('ep_');
export const MSG = id('msg_');
export const ATMPT = id('atmpt_');
export const TASK = id('qtask_');

export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/) as unknown;
export const WORDS = expect.stringMatching(/./) as unknown;
export const ANY = expect.anything() as unknown;
export const NUMBER = expect.any(Number) as unknown;

/** A prevIterator with an id of this prefix. */
export const before = (prefix: string): unknown =>
  expect.stringMatching(new RegExp(`^-${prefix}[0-9A-Za-z]{27}$`)) as unknown;
