import * as z from 'zod';

/** What a function did in one invocation, as a line of JSON in the benchmark's folder. */
const units = z.record(z.string(), z.number());

export const invocation = z.object({
  function: z.string(),
  pid: z.number(),
  /** The first of its process: initialization is not in its times. */
  cold: z.boolean(),
  startedAt: z.number(),
  /** Records of a batch; 1 for a request. */
  records: z.number(),
  /** Those that the queue gave before: its visibility timeout ended, or an invocation failed. */
  receivedAgain: z.number(),
  eventBytes: z.number(),
  wallMs: z.number(),
  cpuMs: z.number(),
  /** Resident memory of its process afterwards. */
  memoryMb: z.number(),
  logBytes: z.number(),
  calls: z.array(
    z.object({
      service: z.string(),
      operation: z.string(),
      bytes: z.number(),
      units,
      /** What the units of DynamoDB are for. */
      rows: z
        .array(
          z.object({
            kind: z.string(),
            write: z.number().optional(),
            read: z.number().optional(),
            unchanged: z.literal(true).optional(),
          }),
        )
        .optional(),
      /** One of the inserts that share calls on AWS (docs/decisions/0006). */
      shared: z.literal(true).optional(),
      /** Bytes by which tables grew that keep rows for long, with DynamoDB's own 100 for each new item. */
      stored: z.number().optional(),
      /** Those of tables with backups (point-in-time recovery). */
      backedUp: z.number().optional(),
    }),
  ),
});

export type Invocation = z.infer<typeof invocation>;
export type RecordedCall = Invocation['calls'][number];
