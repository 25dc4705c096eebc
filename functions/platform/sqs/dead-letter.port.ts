/** A stream record that a consumer dead-lettered. Replay reads its item again by `keys`. */
export interface DeadLetter {
  readonly source: string;
  /** The item's key as JSON of DynamoDB attribute values. */
  readonly keys: string;
  readonly change: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly sequenceNumber: string | null;
  readonly errorClass: string;
  readonly reason: string;
  readonly requestId: string;
}

/**
 * A stream batch that Lambda dead-lettered: its position in the stream, without its records. Instants: ms since 1970.
 */
export interface LostBatch {
  readonly source: string;
  readonly shard: string;
  readonly from: string;
  readonly to: string;
  readonly size: number;
  readonly firstAt: number;
  readonly condition: string;
  /** How often Lambda invoked the function with the batch. */
  readonly invokes: number;
  readonly requestId: string;
}

/** The name of a batch in the failure log: its stream and the sequence number of its first record. */
export const batchName = (source: string, from: string): string => `${source}/${from}`;

/** The port to a consumer's dead-letter queue. */
export interface DeadLetters {
  send(deadLetters: readonly DeadLetter[]): Promise<void>;
}
