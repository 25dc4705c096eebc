import { Command, InvalidArgumentError } from 'commander';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../functions/platform/limits/time.domain.ts';

/** A command; `name` is what comes before its arguments: `npm run dlq --`. Throws commander's CommanderError, after printing the reason, instead of exiting. */
export const npmCommand = (name: string, description: string): Command =>
  new Command(name).description(description).exitOverride();

/** The option of every command for a deployed stage. */
export const STAGE_OPTION = [
  '--stage <name>',
  '"local" for the stack of npm start, else the name of a stage in your AWS account',
] as const;

/** A subcommand for a stage: by default that of npm start. */
export const stageCommand = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option(...STAGE_OPTION, 'local');

/** Parses whole numbers. The parsers here throw commander's InvalidArgumentError. */
export const wholeNumber =
  (least: number, most: number, expected = `Expected a whole number from ${least} to ${most}.`) =>
  (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(expected);
  };

export const parseCount = wholeNumber(1, 999_999_999, 'Expected a whole number of 1 or more.');

const UNITS_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** The milliseconds of `90s`, `15m`, `24h` or `3d`; NaN for any other text. */
export const durationMs = (text: string): number => {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return Number(count) * (UNITS_MS[unit] ?? Number.NaN);
};

/** Parses a duration as that long before `nowMs`, or an ISO 8601 instant; ms since 1970. */
export const parseInstant = (text: string, nowMs: number): number => {
  const ago = durationMs(text);
  if (!Number.isNaN(ago)) return nowMs - ago;
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError(
    'Expected a time ago (90s, 15m, 24h, 3d) or an instant such as 2026-11-23T12:00:00Z.',
  );
};
