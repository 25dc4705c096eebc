/** How far a statistics task is. Stored as text in the task's cursor. */
export interface StatisticsCursor {
  /** Parts of the result that were stored. */
  readonly parts: number;
  /** Their bytes. */
  readonly bytes: number;
  /** The last application whose result is stored; null: none. */
  readonly after: string | null;
  /** The application that is being counted; null: none. */
  readonly open: OpenApplication | null;
}

/** An application of which some endpoints were counted. */
export interface OpenApplication {
  readonly id: string;
  readonly attempts: number;
  /** The last endpoint that was counted as a whole; null: none. */
  readonly endpoint: string | null;
  /** The instant up to which the next endpoint was counted; null: not at all. */
  readonly from: number | null;
}

export const START: StatisticsCursor = { parts: 0, bytes: 0, after: null, open: null };

/** Bytes of a result: one response must hold it. */
export const MOST_RESULT_BYTES = 3_000_000;
/** Bytes after which a part is stored: compressed it fits into a row. */
export const PART_BYTES = 300_000;

export const TOO_MANY =
  'the result exceeds 3 MB: ask for the statistics of fewer applications at once, by `appIds`';
