import { MINUTE_MS } from '../../../functions/platform/limits/time.domain.ts';
import { makeTokenBucket } from './token-bucket.ts';

/** Of a partition, and so of a partition key: hard (DynamoDB Developer Guide). */
export const PARTITION_WRITES = 1_000;
/** A table on demand takes twice its previous peak within half an hour: it doubles once in that time. */
const GROWTH_A_MINUTE = 2 ** (1 / 30);

export interface TableUse {
  readonly writes: number;
  readonly reads: number;
  /** Write units a second of the busiest minute. */
  readonly peak: number;
  /** Write units a second of the busiest partition key in its busiest minute. */
  readonly partitionPeak: number;
  /** What the table takes in the end. */
  readonly capacity: number;
  /** Milliseconds that writes waited for capacity, together, and when the first one did. */
  readonly waitedMs: number;
  readonly waitedFrom: number | undefined;
}

/** A table on demand: the whole, and the partition of one tenant, which is the busiest. */
export interface Table {
  /** Writes units; returns how long they wait for capacity. `partition`: of the busiest tenant; absent: of another one. */
  readonly write: (nowMs: number, units: number, partition?: number) => number;
  readonly read: (units: number) => void;
  /** At the end of each minute. */
  readonly minute: () => void;
  readonly use: () => TableUse;
}

/** `scale`: a sample of one user in so many has that share of the table, but partitions of its own. */
export const makeTable = (startCapacity: number, scale: number): Table => {
  let capacity = startCapacity;
  const bucket = makeTokenBucket(capacity / scale, capacity / scale);
  const partitions = new Map<number, ReturnType<typeof makeTokenBucket>>();
  const inPartitions = new Map<number, number>();
  let writes = 0;
  let reads = 0;
  let inMinute = 0;
  let peak = 0;
  let partitionPeak = 0;
  let waitedMs = 0;
  let waitedFrom: number | undefined;

  const waitFor = (nowMs: number, units: number, partition: number | undefined) => {
    const whole = bucket.wait(nowMs, units);
    if (partition === undefined) return whole;
    const own = partitions.get(partition) ?? makeTokenBucket(PARTITION_WRITES, PARTITION_WRITES);
    partitions.set(partition, own);
    inPartitions.set(partition, (inPartitions.get(partition) ?? 0) + units);
    return Math.max(whole, own.wait(nowMs, units));
  };

  return {
    write: (nowMs, units, partition) => {
      writes += units;
      inMinute += units;
      const waited = waitFor(nowMs, units, partition);
      if (waited > 0) {
        waitedMs += waited;
        waitedFrom ??= nowMs;
      }
      return waited;
    },
    read: (units) => void (reads += units),
    minute: () => {
      const rate = (inMinute * 1_000 * scale) / MINUTE_MS;
      peak = Math.max(peak, rate);
      for (const units of inPartitions.values())
        partitionPeak = Math.max(partitionPeak, (units * 1_000) / MINUTE_MS);
      inPartitions.clear();
      inMinute = 0;
      const grown = Math.min(2 * rate, capacity * GROWTH_A_MINUTE);
      if (grown <= capacity) return;
      capacity = grown;
      bucket.setRate(capacity / scale);
    },
    use: () => ({ writes, reads, peak, partitionPeak, capacity, waitedMs, waitedFrom }),
  };
};
