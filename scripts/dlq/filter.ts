import { InvalidArgumentError } from 'commander';
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

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Parses `90s`, `15m`, `24h` or `3d` as that long before `nowMs`, or an ISO 8601 instant; ms since 1970. Throws
 * commander's InvalidArgumentError.
 */
export const parseInstant = (text: string, nowMs: number): number => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const ms = unit === undefined ? undefined : UNITS[unit];
  if (count !== undefined && ms !== undefined) return nowMs - Number(count) * ms;
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError(
    'Expected a time ago (90s, 15m, 24h, 3d) or an instant such as 2026-11-23T12:00:00Z.',
  );
};
