/** Units of relative times, largest first, in seconds. */
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 min. ago`, `in 2 hr.`. */
export const relativeTime = (locale: string, atMs: number, nowMs: number): string => {
  const seconds = Math.round((atMs - nowMs) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
  return format.format(Math.trunc(seconds / size), unit);
};

/** Date and time with seconds and zone. */
export const exactTime = (locale: string, atMs: number): string =>
  new Intl.DateTimeFormat(locale, {
    ...{ year: 'numeric', month: 'short', day: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
  }).format(atMs);

/** `30 Nov, 14:05`. */
export const shortTime = (locale: string, atMs: number): string =>
  new Intl.DateTimeFormat(locale, {
    ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  }).format(atMs);

/** `14:05`. */
export const clockTime = (locale: string, atMs: number): string =>
  new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(atMs);

/** `30 Nov`. */
export const dayOf = (locale: string, atMs: number): string =>
  new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' }).format(atMs);

/** Units of durations, largest first: the length of one in ms, and from when on it is used. */
const DURATION_UNITS = [
  { unit: 'day', ms: 86_400_000, from: 172_800_000, digits: 1 },
  { unit: 'hour', ms: 3_600_000, from: 7_200_000, digits: 1 },
  { unit: 'minute', ms: 60_000, from: 120_000, digits: 0 },
  { unit: 'second', ms: 1_000, from: 1_000, digits: 1 },
  { unit: 'millisecond', ms: 1, from: 0, digits: 0 },
] as const;

/** `412 ms`, `15 sec`, `10 min`. */
export const duration = (locale: string, ms: number): string => {
  const { unit, ms: size, digits } = DURATION_UNITS.find(({ from }) => ms >= from) ?? DURATION_UNITS[4];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(ms / size);
};
