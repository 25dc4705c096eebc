/** Names and values that a person types: metadata, headers. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

export const pairsOf = (record: Readonly<Record<string, string>>): readonly Pair[] =>
  Object.entries(record).map(([name, value]) => ({ name, value }));

/** Pairs without a name are left out; of equal names the last one counts. */
export const recordOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(
    pairs
      .map(({ name, value }): [string, string] => [name.trim(), value.trim()])
      .filter(([name]) => name !== ''),
  );

/** Words separated by commas or spaces. */
export const wordsOf = (text: string): readonly string[] => [
  ...new Set(text.split(/[\s,]+/).filter((word) => word !== '')),
];
