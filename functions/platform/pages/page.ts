/** A place in a list and the way to go from it. `previous` is the reverse of the list's order. */
export interface Cursor {
  readonly id: string;
  readonly direction: 'next' | 'previous';
}

export interface PageRequest {
  /** 0 to 250 items. */
  readonly limit: number;
  readonly cursor: Cursor | null;
  readonly order: 'ascending' | 'descending';
}

/** Items in the list's order, whichever way it was walked; `done`: nothing lies beyond in the direction walked. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly done: boolean;
  /**
   * Where to go on, for lists that stop after a bounded number of reads before the page is full;
   * absent: at the last item.
   */
  readonly resumeAt?: string;
}

/** Lists in time: always newest first, bounded to 90 days. Instants are ms since 1970; `before` is exclusive. */
export interface TimePageRequest {
  readonly limit: number;
  readonly cursor: Cursor | null;
  readonly before: number | null;
  readonly after: number | null;
}
