/** A position in a list and the direction to continue in. `previous` is the reverse of the list's order. */
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

/** Items in the list's order, whichever direction was walked. `done`: no more items follow in that direction. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly done: boolean;
  /** The id to continue from, if the list stopped after its bounded number of reads; absent: that of the last item. */
  readonly resumeAt?: string;
}

/** A page of a list by time: newest first, at most 90 days. Instants are ms since 1970; `before` is exclusive. */
export interface TimePageRequest {
  readonly limit: number;
  readonly cursor: Cursor | null;
  readonly before: number | null;
  readonly after: number | null;
}
