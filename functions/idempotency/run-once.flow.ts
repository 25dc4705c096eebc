import type { OrgId } from '../platform/ids/brand.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

/** One run of a request under an idempotency key. `holder` tells it from other runs with the same key. */
export interface IdempotencyLock {
  readonly orgId: OrgId;
  readonly digest: string;
  /** Of the request's body: which repeats carry another one. */
  readonly requestDigest: string;
  readonly holder: string;
}

/** What was answered: the body as text; null: none. */
export interface Answer {
  readonly status: number;
  readonly body: string | null;
}

/** An answer that is stored together with what it tells of, in one transaction. Instants are ms since 1970. */
export interface StoredResponse {
  readonly lock: IdempotencyLock;
  readonly answer: Answer;
  readonly at: number;
}

/** Another run took the key over because this one was too slow; nothing of this one's transaction was written. */
export class LockLost extends Error {
  override readonly name = 'HoldLost';
}

/** `mine`: go ahead. `held`: another run is under way. */
export type LockState =
  | { readonly kind: 'mine' }
  | { readonly kind: 'held' }
  | { readonly kind: 'answered'; readonly answer: Answer; readonly requestDigest: string };

/** The port to idempotency keys. An answer stands for 12 hours, a hold without one for 5 seconds. */
export interface IdempotencyStore {
  start(lock: IdempotencyLock, nowMs: number): Promise<LockState>;
  finish(storedResponse: StoredResponse): Promise<void>;
  /** Leaves no trace of a run that failed. */
  free(lock: IdempotencyLock): Promise<void>;
}

export interface OnceDeps {
  readonly store: IdempotencyStore;
  readonly newHolder: () => string;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Hears of troubles that cost the record and not the answer. */
  readonly report: (error: unknown) => void;
  readonly step: Step;
}

/** How a run ended. `stored`: its answer went with its own transaction. A null answer leaves the key free. */
export interface Run<Result> {
  readonly result: Result;
  readonly answer: Answer | null;
  readonly stored: boolean;
}

export type Outcome<Result> =
  | { readonly kind: 'ran'; readonly result: Result }
  /** `mismatch`: the first one's body was another one. */
  | { readonly kind: 'replayed'; readonly answer: Answer; readonly mismatch: boolean }
  /** The first one is still under way after all our patience. */
  | { readonly kind: 'busy' };

/** Runs a command once per key; repeats get the first one's answer. What the run throws leaves the key free. */
export type RunOnce = <Result>(
  key: Omit<IdempotencyLock, 'holder'>,
  run: (lock: IdempotencyLock) => Promise<Run<Result>>,
) => Promise<Outcome<Result>>;

/** The contract's numbers: a twin asks five times a second, for five seconds. */
const ASK_EVERY_MS = 200;
const PATIENCE_MS = 5_000;

export const makeRunOnce = ({ store, newHolder, now, sleep, report, step }: OnceDeps): RunOnce => {
  /** Undefined: the hold was lost. */
  const runHolding = async <Result>(
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

  /** The effect is there: a record that cannot be written must not turn its answer into an error. */
  const settle = async (lock: IdempotencyLock, { answer, stored }: Run<unknown>) => {
    if (stored) return;
    const settled = answer === null ? store.free(lock) : store.finish({ lock, answer, at: now() });
    await settled.catch(report);
  };

  return async (key, run) => {
    const lock = { ...key, holder: newHolder() };
    const deadline = now() + PATIENCE_MS;
    for (;;) {
      const state = await store.start(lock, now());
      if (state.kind === 'answered') {
        const mismatch = state.requestDigest !== key.requestDigest;
        return { kind: 'replayed', answer: state.answer, mismatch };
      }
      const ran = state.kind === 'mine' ? await runHolding(lock, run) : undefined;
      if (ran !== undefined) {
        await step('once.ran');
        await settle(lock, ran);
        return { kind: 'ran', result: ran.result };
      }
      if (now() >= deadline) return { kind: 'busy' };
      await sleep(ASK_EVERY_MS);
    }
  };
};
