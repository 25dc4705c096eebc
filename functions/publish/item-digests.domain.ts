/**
 * The digest of a batch in its claim: a few characters of the digest of each item, joined, so that one row of less than a
 * kilobyte shows which items of a repeat differ from the first request. 36 bits each: they detect mistakes, no attacks.
 */
const CHARS = 6;

/** Joins the digests of the items. */
export const joinItemDigests = (digests: readonly string[]): string =>
  digests.map((digest) => digest.slice(0, CHARS)).join('');

/** The number of items of a joined digest. */
export const itemsIn = (joined: string | null): number => Math.floor((joined?.length ?? 0) / CHARS);

/** Whether the item at a place differs between two requests. */
export const itemDiffers = (joined: string | null, other: string | null, place: number): boolean => {
  const part = (text: string | null) => text?.slice(place * CHARS, (place + 1) * CHARS);
  return part(joined) !== part(other);
};
