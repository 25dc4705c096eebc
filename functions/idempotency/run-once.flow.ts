import type { OrgId } from '../platform/ids/brand.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

/** The lock of one request under an idempotency key. `holder` distinguishes it from other requests with the key. */
export interface IdempotencyLock {
  readonly orgId: OrgId;
  readonly digest: string;
  /** Digest of the request's body, to detect repeats with another body. */
  readonly requestDigest: string;
  readonly holder: string;
}

/** A response: the body as text; null: no body. */
export interface Answer {
  readonly status: number;
  readonly body: string | null;
}

/**
 * A response to store under its lock, which may be part of the transaction that creates the item. `at`: ms since 1970.
 */
export interface StoredResponse {
  readonly lock: IdempotencyLock;
  readonly answer: Answer;
  readonly at: number;
}

/** The lock expired and another request took it over. Nothing of this request's transaction was written. */
export class LockLost extends Error {
  override readonly name = 'LockLost';
}

/** `mine`: this request has the lock. `held`: another request has it. `answered`: the response is stored. */
export type LockState =
  | { readonly kind: 'mine' }
  | { readonly kind: 'held' }
  | { readonly kind: 'answered'; readonly answer: Answer; readonly requestDigest: string };

/** The port to idempotency keys. A response is kept for IDEMPOTENCY_SECONDS; a lock without a response expires after 5 seconds. */
export interface IdempotencyStore {
  start(lock: IdempotencyLock, nowMs: number): Promise<LockState>;
  finish(storedResponse: StoredResponse): Promise<void>;
  /** Releases the lock of a request that failed, so that a repeat runs again. */
  free(lock: IdempotencyLock): Promise<void>;
}

export interface OnceDeps {
  readonly store: IdempotencyStore;
  readonly newHolder: () => string;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Logs failures to store the response, which do not fail the request. */
  readonly report: (error: unknown) => void;
  readonly step: Step;
}

/** The result of a run. `stored`: its transaction stored the answer already. A null answer releases the key. */
export interface Run<Result> {
  readonly result: Result;
  readonly answer: Answer | null;
  readonly stored: boolean;
}

export type Outcome<Result> =
  | { readonly kind: 'ran'; readonly result: Result }
  /** `mismatch`: the first request had another body. */
  | { readonly kind: 'replayed'; readonly answer: Answer; readonly mismatch: boolean }
  /** The first request still has the lock after the longest wait. */
  | { readonly kind: 'busy' };

/** Runs a command once per key; repeats get the stored response. If the run throws, the key is released. */
export type RunOnce = <Result>(
  key: Omit<IdempotencyLock, 'holder'>,
  run: (lock: IdempotencyLock) => Promise<Run<Result>>,
) => Promise<Outcome<Result>>;

/** The contract's numbers: a concurrent duplicate polls five times a second, for five seconds. */
const POLL_EVERY_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** As in Svix, a lock without a response expires after 5 seconds. */
export const LOCK_MS = 5_000;

export const makeRunOnce = ({ store, newHolder, now, sleep, report, step }: OnceDeps): RunOnce => {
  /** Undefined: the lock was lost. */
  const runLocked = async <Result>(
    lock: IdempotencyLock,
    run: (lock: IdempotencyLock) => Promise<Run<Result>>,
  ) => {
    try {
      return await run(lock);
    } catch (error) {
      if (error instanceof LockLost) return undefined;
      await store.free(lock).catch(report);
      throw error;
    }
  };

  /** Stores the response. A failure to store it must not turn a request that succeeded into an error. */
  const settle = async (lock: IdempotencyLock, { answer, stored }: Run<unknown>) => {
    if (stored) return;
    const settled = answer === null ? store.free(lock) : store.finish({ lock, answer, at: now() });
    await settled.catch(report);
  };

  return async (key, run) => {
    const lock = { ...key, holder: newHolder() };
    const deadline = now() + LONGEST_WAIT_MS;
    for (;;) {
      const state = await store.start(lock, now());
      if (state.kind === 'answered') {
        const mismatch = state.requestDigest !== key.requestDigest;
        return { kind: 'replayed', answer: state.answer, mismatch };
      }
      const ran = state.kind === 'mine' ? await runLocked(lock, run) : undefined;
      if (ran !== undefined) {
        await step('once.ran');
        await settle(lock, ran);
        return { kind: 'ran', result: ran.result };
      }
      if (now() >= deadline) return { kind: 'busy' };
      await sleep(POLL_EVERY_MS);
    }
  };
};
