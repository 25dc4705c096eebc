import { describe, expect, it } from 'vitest';
import { LockLost, makeRunOnce } from '../../../functions/idempotency/run-once.flow.ts';
import type {
  IdempotencyLock,
  IdempotencyStore,
  LockState,
} from '../../../functions/idempotency/run-once.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { ORG } from '../../support/simulation/builders.ts';

const KEY = { orgId: ORG, digest: 'd', requestDigest: 'body' };
const ANSWER = { status: 201, body: '{}' };
const ran = (result: string) => Promise.resolve({ result, answer: ANSWER, stored: false });

/** A store whose `start` answers these lock states in order; virtual time passes while duplicates wait. */
const make = (
  lockStates: readonly LockState[],
  broken: Partial<IdempotencyStore> = {},
  step: Step = noSteps,
) => {
  const calls: string[] = [];
  const remaining = [...lockStates];
  let now = 0;
  const store: IdempotencyStore = {
    start: () => Promise.resolve(remaining.length > 1 ? remaining.shift()! : remaining[0]!),
    finish: ({ at }) => Promise.resolve(void calls.push(`finish ${at}`)),
    free: () => Promise.resolve(void calls.push('free')),
    ...broken,
  };
  const runOnce = makeRunOnce({
    store,
    newHolder: () => 'me',
    now: () => now,
    sleep: (ms) => Promise.resolve(void (now += ms)),
    report: (error) => void calls.push(String(error)),
    step,
  });
  return { runOnce, calls, time: () => now };
};

const mine: LockState = { kind: 'mine' };
const held: LockState = { kind: 'held' };
const answered: LockState = { kind: 'answered', answer: ANSWER, requestDigest: 'body' };
const replayed = { kind: 'replayed', answer: ANSWER, mismatch: false };

describe('runOnce', () => {
  it('runs the first request and stores its answer', async () => {
    const { runOnce, calls } = make([mine]);
    expect(await runOnce(KEY, () => ran('done'))).toEqual({ kind: 'ran', result: 'done' });
    expect(calls).toEqual(['finish 0']);
  });

  it('does not store an answer that its transaction already stored', async () => {
    const { runOnce, calls } = make([mine]);
    await runOnce(KEY, () => Promise.resolve({ result: '', answer: ANSWER, stored: true }));
    expect(calls).toEqual([]);
  });

  it('makes a concurrent duplicate wait for the answer of the first request', async () => {
    const { runOnce, time } = make([held, held, answered]);
    expect(await runOnce(KEY, () => ran('never'))).toEqual(replayed);
    expect(time()).toBe(400);
  });

  it('marks a replayed answer as a mismatch when the body differs', async () => {
    const { runOnce } = make([answered]);
    const key = { ...KEY, requestDigest: 'other' };
    expect(await runOnce(key, () => ran('never'))).toEqual({ ...replayed, mismatch: true });
  });

  it('lets a waiting duplicate run when the first request failed or crashed', async () => {
    const { runOnce } = make([held, mine]);
    expect(await runOnce(KEY, () => ran('done'))).toEqual({ kind: 'ran', result: 'done' });
  });

  it('answers busy after waiting five seconds for another run', async () => {
    const { runOnce, time } = make([held]);
    expect(await runOnce(KEY, () => ran('never'))).toEqual({ kind: 'busy' });
    expect(time()).toBe(5_000);
  });

  it('releases the lock when the run fails or returns nothing to store', async () => {
    const { runOnce, calls } = make([mine]);
    await expect(runOnce(KEY, () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
    await runOnce(KEY, () => Promise.resolve({ result: 'refused', answer: null, stored: false }));
    expect(calls).toEqual(['free', 'free']);
  });

  it('replays the answer of the run that took the lock over and leaves its lock untouched', async () => {
    const { runOnce, calls } = make([mine, answered]);
    const outcome = await runOnce(KEY, () => Promise.reject(new LockLost()));
    expect(outcome).toEqual(replayed);
    expect(calls).toEqual([]);
  });

  it('returns the result even when storing the answer fails', async () => {
    const finish = () => Promise.reject(new Error('throttled'));
    const { runOnce, calls } = make([mine], { finish });
    expect(await runOnce(KEY, () => ran('done'))).toEqual({ kind: 'ran', result: 'done' });
    expect(calls).toEqual(['Error: throttled']);
  });

  it('leaves the lock to expire when it crashes before the answer is stored', async () => {
    const { runOnce, calls } = make([mine], {}, () => Promise.reject(new Error('crash')));
    await expect(runOnce(KEY, () => ran('done'))).rejects.toThrow('crash');
    expect(calls).toEqual([]);
  });

  it('passes the lock and its holder to the run', async () => {
    const seen: IdempotencyLock[] = [];
    const { runOnce } = make([mine]);
    await runOnce(KEY, (lock) => {
      seen.push(lock);
      return ran('');
    });
    expect(seen).toEqual([{ ...KEY, holder: 'me' }]);
  });
});
