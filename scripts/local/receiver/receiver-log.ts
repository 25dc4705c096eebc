import { z } from 'zod';

/** One received request. `headers` keeps order, case and duplicates; `body` is base64. */
export const received = z.object({
  /** Sequence number from 1; `after` filters by it. */
  number: z.number(),
  id: z.string().nullable(),
  /** Counts the requests of this message to this path, from 1. */
  try: z.number(),
  method: z.string(),
  url: z.string(),
  path: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
  text: z.string(),
  at: z.number(),
  answered: z.string(),
});
export type Received = z.infer<typeof received>;

/** `path` matches as a prefix. */
export interface Filter {
  readonly id?: string | undefined;
  readonly path?: string | undefined;
  readonly after?: number | undefined;
}

interface Waiter {
  readonly filter: Filter;
  readonly count: number;
  readonly resolve: () => void;
}

/** Enough for a test run; the oldest records are dropped first. */
const MAX_RECORDS = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;

const matches = (filter: Filter) => (record: Received) =>
  (filter.id === undefined || record.id === filter.id) &&
  (filter.path === undefined || record.path.startsWith(filter.path)) &&
  (filter.after === undefined || record.number > filter.after);

/** Received requests, bounded by number and by bytes. `wait` resolves as soon as enough have arrived. */
export const makeReceiverLog = () => {
  let records: Received[] = [];
  let bytes = 0;
  let next = 1;
  const waiters = new Set<Waiter>();

  const find = (filter: Filter): readonly Received[] => records.filter(matches(filter));

  const add = (record: Omit<Received, 'number'>): void => {
    records.push({ number: next, ...record });
    next += 1;
    bytes += record.body.length;
    while (records.length > MAX_RECORDS || (bytes > MAX_BYTES && records.length > 1)) {
      bytes -= records.shift()?.body.length ?? 0;
    }
    for (const waiter of waiters) if (find(waiter.filter).length >= waiter.count) waiter.resolve();
  };

  const wait = async (filter: Filter, count: number, waitMs: number): Promise<readonly Received[]> => {
    if (find(filter).length < count && waitMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => done(), waitMs);
        const waiter: Waiter = { filter, count, resolve: () => done() };
        const done = () => {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve();
        };
        waiters.add(waiter);
      });
    }
    return find(filter);
  };

  const clear = (filter: Filter): void => {
    records = records.filter((record) => !matches(filter)(record));
    bytes = records.reduce((sum, record) => sum + record.body.length, 0);
  };

  return { add, wait, clear };
};
