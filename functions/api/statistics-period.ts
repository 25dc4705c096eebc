import { STATISTICS_DAYS } from '../platform/limits/retention.domain.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../platform/limits/time.domain.ts';
import { Refusal } from './errors.ts';
import { dateTime } from '../platform/wire/fields.ts';

const LONGEST_MS = STATISTICS_DAYS * DAY_MS;
export const LONGEST_PERIOD = `${STATISTICS_DAYS} days before \`until\``;
/** The tolerated difference of clients' clocks. */
const TOLERANCE_MS = 5 * MINUTE_MS;

/** The query parameters of a period; `standard` describes the default of `since`. */
export const statisticsPeriod = (standard: string) => ({
  since: dateTime()
    .optional()
    .meta({ description: `From this instant on; ${standard} if omitted` }),
  until: dateTime().optional().meta({ description: 'Before this instant; now if omitted' }),
});

/** Inclusive on both ends. */
export interface StatisticsRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The first and the last instant of a period: `until` is exclusive, and its default, now, is inclusive. Throws Refusal
 * (400) for a period in the future or longer than STATISTICS_DAYS. A reversed period is empty and no error.
 */
export const statisticsRange = (
  asked: { readonly since?: number | undefined; readonly until?: number | undefined },
  nowMs: number,
  standardMs = LONGEST_MS,
): StatisticsRange => {
  const until = asked.until ?? nowMs;
  const since = asked.since ?? until - standardMs;
  if (until > nowMs) throw new Refusal('invalid_range', '`until` cannot be in the future');
  if (until - since > LONGEST_MS + TOLERANCE_MS) {
    throw new Refusal('invalid_range', `\`since\` cannot be more than ${LONGEST_PERIOD}`);
  }
  return { first: since, last: asked.until === undefined ? nowMs : until - 1 };
};

/** Extends a range to whole hours; an empty range stays empty. */
export const wholeHours = ({ first, last }: StatisticsRange): StatisticsRange =>
  first > last
    ? { first, last }
    : {
        first: Math.floor(first / HOUR_MS) * HOUR_MS,
        last: (Math.floor(last / HOUR_MS) + 1) * HOUR_MS - 1,
      };
