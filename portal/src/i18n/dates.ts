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

/** Milliseconds below a second, seconds above. */
export const duration = (locale: string, ms: number): string => {
  const inSeconds = ms >= 1000;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: inSeconds ? 'second' : 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: inSeconds ? 1 : 0,
  }).format(inSeconds ? ms / 1000 : ms);
};
