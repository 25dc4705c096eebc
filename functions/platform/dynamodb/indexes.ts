/** A secondary index: its name and the attributes that are its keys. It has all other attributes of its rows too. */
export interface Index {
  readonly name: string;
  readonly pk: string;
  readonly sk: string;
}

/** The index of the log by time. Sparse: rows without its partition key are not in it. */
export const ATTEMPTS_BY_TIME: Index = { name: 'ByTime', pk: 'ix', sk: 'id' };
