import * as z from 'zod';

const open = z.object({
  id: z.string(),
  attempts: z.number(),
  /** The last endpoint that was counted as a whole; null: none. */
  endpoint: z.string().nullable(),
  /** The instant up to which the next endpoint was counted; null: not at all. */
  from: z.number().nullable(),
});

const cursor = z.object({
  /** Parts of the result that were stored, and their bytes. */
  parts: z.number(),
  bytes: z.number(),
  /** The last application whose result is stored; null: none. */
  after: z.string().nullable(),
  /** The application that is being counted; null: none. */
  open: open.nullable(),
});

/** How far a statistics task is. Stored as text in the task's cursor. */
export type StatisticsCursor = Readonly<z.output<typeof cursor>>;
/** An application of which some endpoints were counted. */
export type OpenApplication = Readonly<z.output<typeof open>>;

const START: StatisticsCursor = { parts: 0, bytes: 0, after: null, open: null };

/** Reads a stored cursor; null: the start. */
export const readCursor = (text: string | null): StatisticsCursor =>
  text === null ? START : cursor.parse(JSON.parse(text));
