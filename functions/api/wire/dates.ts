/** RFC 3339 as clients really write it: `T` or a space, `Z`, an offset or ` UTC`, any number of decimals. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?:\s?([Zz]|UTC)|\s?([+-]\d{2}:\d{2}))$/;

/** The instant (ms since 1970, further decimals cut off), or undefined where the text is none. */
export const parseInstant = (text: string): number | undefined => {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '', decimals = '', , offset] = match;
  // Date.parse takes February 30 for March 1 in some forms; the day must come back as it was.
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined;
  const atMs = Date.parse(`${day}T${time}.${decimals.padEnd(3, '0').slice(0, 3)}${offset ?? 'Z'}`);
  return Number.isNaN(atMs) ? undefined : atMs;
};
