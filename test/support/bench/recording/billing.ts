/**
 * Billed units by AWS's published rules: DynamoDB Developer Guide, "Read and write operations" and "Transactions"; SQS
 * and EventBridge pricing pages (chunks of 64 KB). Read 2026-11-30.
 */
export interface Units {
  /** DynamoDB request units, on demand. */
  readonly write?: number;
  readonly read?: number;
  readonly sqsRequests?: number;
  /** Requests with a message group on a standard queue: the fair-queue surcharge. */
  readonly sqsFairRequests?: number;
  readonly events?: number;
  readonly s3Puts?: number;
  readonly s3Gets?: number;
  readonly secretReads?: number;
}

const WRITE_BYTES = 1_024;
const READ_BYTES = 4_096;
const CHUNK_BYTES = 65_536;
/** A transaction prepares and commits each of its items. */
const TRANSACTION_FACTOR = 2;

/** Of one item: the larger of what is there before and after; a refused condition costs what a write would. */
export const writeUnits = (before: number, after: number, transacted = false): number =>
  Math.max(1, Math.ceil(Math.max(before, after) / WRITE_BYTES)) * (transacted ? TRANSACTION_FACTOR : 1);

/** The entry of an item in a global secondary index that has all its attributes: the values of the index's keys, and its bytes. */
export interface IndexEntry {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Of one index (DynamoDB Developer Guide, "Provisioned throughput considerations for Global Secondary Indexes"): an item that
 * enters, leaves or changes in it is a write; one whose keys there change is deleted and put.
 */
export const indexWriteUnits = (
  before: IndexEntry | undefined,
  after: IndexEntry | undefined,
  changed: boolean,
): number => {
  if (before === undefined && after === undefined) return 0;
  if (before !== undefined && after !== undefined && before.key !== after.key)
    return writeUnits(before.bytes, 0) + writeUnits(0, after.bytes);
  return changed ? writeUnits(before?.bytes ?? 0, after?.bytes ?? 0) : 0;
};

/** Of one item, or of all items that a query reads together. */
export const readUnits = (bytes: number, consistent: boolean, transacted = false): number => {
  const strong = Math.max(1, Math.ceil(bytes / READ_BYTES));
  if (transacted) return strong * TRANSACTION_FACTOR;
  return consistent ? strong : strong / 2;
};

/** Requests or events that a call is billed as. */
export const chunks = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK_BYTES));

const names = [
  'write',
  'read',
  'sqsRequests',
  'sqsFairRequests',
  'events',
  's3Puts',
  's3Gets',
  'secretReads',
] as const satisfies readonly (keyof Units)[];

export const addUnits = (left: Units, right: Units): Units =>
  Object.fromEntries(
    names
      .map((name) => [name, (left[name] ?? 0) + (right[name] ?? 0)] as const)
      .filter(([, total]) => total > 0),
  );
