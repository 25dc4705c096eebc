import { InvalidArgumentError } from 'commander';
import type { QueuedDeadLetter } from './dead-letter.ts';

/** Which letters a command is about. Instants: ms since 1970; absent: any. */
export interface Filter {
  readonly reason?: string | undefined;
  /** Failed last before, or after, this instant. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly app?: string | undefined;
  readonly endpoint?: string | undefined;
}

const has = (wanted: string | undefined, value: string | undefined) =>
  wanted === undefined || wanted === value;

const holds = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());

/** Whether a letter is meant. A reason is a part of the error's class or message, in any case of letters. */
export const matches = (filter: Filter, deadLetter: QueuedDeadLetter): boolean =>
  has(filter.app, deadLetter.appId) &&
  has(filter.endpoint, deadLetter.endpointId) &&
  (filter.before === undefined || deadLetter.lastAt < filter.before) &&
  (filter.after === undefined || deadLetter.lastAt > filter.after) &&
  (filter.reason === undefined ||
    holds(deadLetter.reason, filter.reason) ||
    holds(deadLetter.message, filter.reason));

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `24h`, `3d` before now, or an instant as ISO 8601 writes it. Throws for commander. */
export const parseInstant = (text: string, nowMs: number): number => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const ms = unit === undefined ? undefined : UNITS[unit];
  if (count !== undefined && ms !== undefined) return nowMs - Number(count) * ms;
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('Say 90s, 15m, 24h or 3d, or an instant such as 2026-11-23T12:00:00Z.');
};
