/** Where work under one key is recorded as in progress, and then as completed with its result. */
export interface WorkRecord {
  /**
   * Records that the work is in progress until `until` (ms since 1970). Returns undefined if the work may start, else what an
   * earlier start recorded. Work whose `until` has passed without a result may start again.
   */
  start(until: number): Promise<EarlierWork | undefined>;
  complete(result: string): Promise<void>;
  /** After the work failed: the next repeat may start at once. */
  release(): Promise<void>;
}

export type EarlierWork =
  { readonly kind: 'in-progress' } | { readonly kind: 'completed'; readonly result: string };

/** `repeated`: earlier work under the key was completed with this result, and this call did nothing. */
export interface WorkDone {
  readonly kind: 'done' | 'repeated';
  readonly result: string;
}

/**
 * Does work once for the repeats of a record (idempotent consumer). Throws if earlier work is still in progress, so that
 * the record is received again later.
 */
export type Once = (record: WorkRecord, work: () => Promise<string>) => Promise<WorkDone>;
