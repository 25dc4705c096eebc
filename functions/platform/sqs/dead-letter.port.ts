/** A stream record that can never succeed. Replay reads its item again by `keys`. */
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

/** A whole batch of a stream that Lambda gave up: where it lies, and nothing of what it held. Instants: ms since 1970. */
export interface LostBatch {
  readonly source: string;
  readonly shard: string;
  readonly from: string;
  readonly to: string;
  readonly size: number;
  readonly firstAt: number;
  readonly condition: string;
  /** How often the function was called with it. */
  readonly invokes: number;
  readonly requestId: string;
}

/** A batch by its stream and its first record: the name under which its reader remembers why it failed. */
export const batchName = (source: string, from: string): string => `${source}/${from}`;

/** The port to a consumer's dead letter queue. */
export interface DeadLetters {
  send(letters: readonly DeadLetter[]): Promise<void>;
}
