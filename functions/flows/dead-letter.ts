/** A stream record that can never succeed. Replay reads its item again by `keys`. */
export interface DeadLetter {
  readonly source: string;
  /** The item's key as JSON of DynamoDB attribute values. */
  readonly keys: string;
  readonly sequenceNumber: string | null;
  readonly errorClass: string;
  readonly reason: string;
}

/** The port to a consumer's dead letter queue. */
export interface DeadLetters {
  send(letters: readonly DeadLetter[]): Promise<void>;
}
