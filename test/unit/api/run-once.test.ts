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

/** A store that answers `start` with these, in their order; virtual time passes while twins wait. */
const make = (
  standings: readonly LockState[],
  broken: Partial<IdempotencyStore> = {},
  step: Step = noSteps,
) => {
  const calls: string[] = [];
  const left = [...standings];
  let now = 0;
  const store: IdempotencyStore = {
    start: () => Promise.resolve(left.length > 1 ? left.shift()! : left[0]!),
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

describe('once', () => {
  it('runs the first and keeps its answer', async () => {
    const { runOnce, calls } = make([mine]);
    expect(await runOnce(KEY, () => ran('done'))).toEqual({ kind: 'ran', result: 'done' });
    expect(calls).toEqual(['finish 0']);
  });

  it('writes no answer a second time that went with its transaction', async () => {
    const { runOnce, calls } = make([mine]);
    await runOnce(KEY, () => Promise.resolve({ result: '', answer: ANSWER, stored: true }));
    expect(calls).toEqual([]);
  });

  it('lets a twin wait for the first one’s answer', async () => {
    const { runOnce, time } = make([held, held, answered]);
    expect(await runOnce(KEY, () => ran('never'))).toEqual(replayed);
    expect(time()).toBe(400);
  });

  it('marks the answer to a repeat with another body', async () => {
    const { runOnce } = make([answered]);
    const key = { ...KEY, requestDigest: 'other' };
    expect(await runOnce(key, () => ran('never'))).toEqual({ ...replayed, mismatch: true });
  });

  it('lets a twin run itself where the first one failed or crashed', async () => {
    const { runOnce } = make([held, mine]);
    expect(await runOnce(KEY, () => ran('done'))).toEqual({ kind: 'ran', result: 'done' });
  });

  it('gives up after five seconds', async () => {
    const { runOnce, time } = make([held]);
    expect(await runOnce(KEY, () => ran('never'))).toEqual({ kind: 'busy' });
    expect(time()).toBe(5_000);
  });

  it('frees the key of what fails and of what is not worth keeping', async () => {
    const { runOnce, calls } = make([mine]);
    await expect(runOnce(KEY, () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
    await runOnce(KEY, () => Promise.resolve({ result: 'refused', answer: null, stored: false }));
    expect(calls).toEqual(['free', 'free']);
  });

  it('takes the answer of who took the key over, and leaves his key alone', async () => {
    const { runOnce, calls } = make([mine, answered]);
    const outcome = await runOnce(KEY, () => Promise.reject(new LockLost()));
    expect(outcome).toEqual(replayed);
    expect(calls).toEqual([]);
  });

  it('does not turn an answer into an error because it could not be kept', async () => {
    const finish = () => Promise.reject(new Error('throttled'));
    const { runOnce, calls } = make([mine], { finish });
    expect(await runOnce(KEY, () => ran('done'))).toEqual({ kind: 'ran', result: 'done' });
    expect(calls).toEqual(['Error: throttled']);
  });

  it('leaves the key to time where it crashes before its answer is kept', async () => {
    const { runOnce, calls } = make([mine], {}, () => Promise.reject(new Error('crash')));
    await expect(runOnce(KEY, () => ran('done'))).rejects.toThrow('crash');
    expect(calls).toEqual([]);
  });

  it('tells the run who holds the key', async () => {
    const seen: IdempotencyLock[] = [];
    const { runOnce } = make([mine]);
    await runOnce(KEY, (lock) => {
      seen.push(lock);
      return ran('');
    });
    expect(seen).toEqual([{ ...KEY, holder: 'me' }]);
  });
});
