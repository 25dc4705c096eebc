/** An item as plain values. */
type Item = Readonly<Record<string, unknown>>;

/** A write's condition failed. `item`: the stored one, if the write asked for it and there is one. */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionalCheckFailedException';
  /** Private, so that no log line prints a stored item. */
  readonly #item: Item | undefined;

  constructor(message: string, item: Item | undefined, options?: ErrorOptions) {
    super(message, options);
    this.#item = item;
  }

  get item(): Item | undefined {
    return this.#item;
  }
}

/** Waits for a conditional write. false: its condition failed, and nothing was written. */
export const isWritten = async (sent: Promise<unknown>): Promise<boolean> => {
  try {
    await sent;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
};

/** Why one write of a transaction was canceled; `None` for those that were fine. */
interface CancellationReason {
  readonly code: string;
  readonly item: Item | undefined;
}

export class TransactionCanceled extends Error {
  override readonly name = 'TransactionCanceledException';
  readonly #reasons: readonly CancellationReason[];

  constructor(message: string, reasons: readonly CancellationReason[], options?: ErrorOptions) {
    super(message, options);
    this.#reasons = reasons;
  }

  get reasons(): readonly CancellationReason[] {
    return this.#reasons;
  }
}
