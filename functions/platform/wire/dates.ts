import { SECOND_MS } from '../limits/time.domain.ts';

/**
 * RFC 3339 as clients write it: `T` or a space, `Z`, an offset or ` UTC`, any number of decimals. Hours are 0 to 23; a
 * second may be 60 (a leap second).
 */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:\s?([Zz]|UTC)|\s?([+-](?:[01]\d|2[0-3]):[0-5]\d))$/;

/** The instants that RFC 3339 can write in UTC, in which answers print them. An offset reaches up to a day beyond. */
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Parses an instant (ms since 1970, further decimals cut off); undefined for any other text. */
export const parseInstant = (text: string): number | undefined => {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '', second = '', decimals = '', , offset] = match;
  // Date.parse reads February 30 as March 1 in some forms, so the day must print unchanged.
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined;
  const minute = Date.parse(`${day}T${time}:00${offset ?? 'Z'}`);
  if (Number.isNaN(minute)) return undefined;
  const instant = minute + Number(second) * SECOND_MS + Number(decimals.padEnd(3, '0').slice(0, 3));
  return Math.min(Math.max(instant, EARLIEST), LATEST);
};
