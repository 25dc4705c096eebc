import { LOCK_MS, LockLost } from '../../../functions/idempotency/run-once.flow.ts';
import type {
  Answer,
  IdempotencyLock,
  IdempotencyStore,
  StoredResponse,
} from '../../../functions/idempotency/run-once.flow.ts';
import { wholeSeconds } from '../../../functions/platform/limits/time.domain.ts';
import { IDEMPOTENCY_SECONDS } from '../../../functions/platform/limits/retention.domain.ts';

interface Row {
  readonly holder: string;
  readonly requestDigest: string;
  readonly lockedUntilMs: number;
  readonly expiresAtSeconds: number;
  readonly answer?: Answer;
}

export interface MemoryIdempotency extends IdempotencyStore {
  /**
   * Creates an item as one transaction with its stored response: throws LockLost if another holder has the lock, and stores
   * no response if `create` refuses.
   */
  readonly createWith: <Outcome extends { readonly kind: string }>(
    response: StoredResponse | undefined,
    create: () => Outcome,
  ) => Outcome;
}

/** Idempotency keys; passes test/contract/store/idempotency.test.ts. */
export const makeMemoryIdempotency = (): MemoryIdempotency => {
  const rows = new Map<string, Row>();
  const keyOf = ({ orgId, digest }: IdempotencyLock) => JSON.stringify([orgId, digest]);
  const isFree = (row: Row | undefined, nowMs: number) =>
    row === undefined ||
    row.expiresAtSeconds < wholeSeconds(nowMs) ||
    (row.answer === undefined && row.lockedUntilMs < nowMs);
  const owned = (lock: IdempotencyLock) => {
    const row = rows.get(keyOf(lock));
    return row?.holder === lock.holder ? row : undefined;
  };
  const finish = ({ lock, answer, at }: StoredResponse) => {
    const row = owned(lock);
    if (row === undefined) return;
    rows.set(keyOf(lock), { ...row, answer, expiresAtSeconds: wholeSeconds(at) + IDEMPOTENCY_SECONDS });
  };
  return {
    start: async (lock, nowMs) => {
      const row = rows.get(keyOf(lock));
      if (row === undefined || isFree(row, nowMs)) {
        const { holder, requestDigest } = lock;
        const expiresAtSeconds = wholeSeconds(nowMs) + IDEMPOTENCY_SECONDS;
        rows.set(keyOf(lock), { holder, requestDigest, lockedUntilMs: nowMs + LOCK_MS, expiresAtSeconds });
        return { kind: 'mine' };
      }
      const { answer, requestDigest, holder } = row;
      if (answer !== undefined) return { kind: 'answered', answer, requestDigest };
      return { kind: holder === lock.holder ? 'mine' : 'held' };
    },
    finish: async (response) => finish(response),
    free: async (lock) => {
      if (owned(lock)?.answer === undefined && owned(lock) !== undefined) rows.delete(keyOf(lock));
    },
    createWith: (response, create) => {
      if (response !== undefined && owned(response.lock) === undefined) throw new LockLost();
      const outcome = create();
      if (response !== undefined && outcome.kind === 'written') finish(response);
      return outcome;
    },
  };
};
