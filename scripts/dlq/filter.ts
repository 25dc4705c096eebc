import type { QueuedDeadLetter } from './dead-letter.ts';

/** Selects dead letters; an absent field selects all. Instants: ms since 1970. */
export interface Filter {
  readonly reason?: string | undefined;
  /** Last failure before this instant. */
  readonly before?: number | undefined;
  /** Last failure after this instant. */
  readonly after?: number | undefined;
  readonly app?: string | undefined;
  readonly endpoint?: string | undefined;
}

const equalsIfGiven = (expected: string | undefined, value: string | undefined) =>
  expected === undefined || expected === value;

const includesIgnoringCase = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());

/** `reason` matches a part of the error's class or message and ignores case. */
export const matches = (filter: Filter, deadLetter: QueuedDeadLetter): boolean =>
  equalsIfGiven(filter.app, deadLetter.appId) &&
  equalsIfGiven(filter.endpoint, deadLetter.endpointId) &&
  (filter.before === undefined || deadLetter.lastAt < filter.before) &&
  (filter.after === undefined || deadLetter.lastAt > filter.after) &&
  (filter.reason === undefined ||
    includesIgnoringCase(deadLetter.reason, filter.reason) ||
    includesIgnoringCase(deadLetter.message, filter.reason));
