import { describe, expect, it } from 'vitest';
import { makeOnce } from '../../../functions/platform/idempotency/once.ts';
import type { EarlierWork, WorkRecord } from '../../../functions/platform/idempotency/work-record.port.ts';

/** A record in memory that keeps what happened to it. */
const makeRecord = (earlier?: EarlierWork) => {
  const calls: string[] = [];
  let until = 0;
  const record: WorkRecord = {
    start: async (lockedUntil) => {
      calls.push('start');
      until = lockedUntil;
      return Promise.resolve(earlier);
    },
    complete: async (result) => {
      calls.push(`complete ${result}`);
      return Promise.resolve();
    },
    release: async () => {
      calls.push('release');
      return Promise.resolve();
    },
  };
  return { record, calls, until: () => until };
};

const once = makeOnce(30_000);
const neverCalled = () => Promise.reject(new Error('the work was done again'));

describe('work under a key', () => {
  it('is recorded as in progress for the lock time, done, and recorded as completed', async () => {
    const { record, calls, until } = makeRecord();
    const before = Date.now();
    expect(await once(record, () => Promise.resolve('r'))).toEqual({ kind: 'done', result: 'r' });
    expect(calls).toEqual(['start', 'complete r']);
    expect(until()).toBeGreaterThanOrEqual(before + 30_000);
    expect(until()).toBeLessThanOrEqual(Date.now() + 30_000);
  });

  it('is not done again once it was completed: its result is that of the first time', async () => {
    const { record, calls } = makeRecord({ kind: 'completed', result: 'first' });
    expect(await once(record, neverCalled)).toEqual({ kind: 'repeated', result: 'first' });
    expect(calls).toEqual(['start']);
  });

  it('throws while earlier work is in progress, so that the record is received again', async () => {
    const { record } = makeRecord({ kind: 'in-progress' });
    await expect(once(record, neverCalled)).rejects.toThrow(/in progress/);
  });

  it('is released when it fails, with its own error even if the release fails', async () => {
    const { record, calls } = makeRecord();
    const fails = () => Promise.reject(new Error('bus closed'));
    await expect(once(record, fails)).rejects.toThrow('bus closed');
    expect(calls).toEqual(['start', 'release']);
    const release = () => Promise.reject(new Error('table busy'));
    await expect(once({ ...record, release }, fails)).rejects.toThrow('bus closed');
  });

  it('throws the error of the store itself, which logs and dead letters then name', async () => {
    const busy = Object.assign(new Error('keys stayed unprocessed'), { name: 'TableBusy' });
    const { record } = makeRecord();
    await expect(once({ ...record, start: () => Promise.reject(busy) }, neverCalled)).rejects.toBe(busy);
    await expect(
      once({ ...record, complete: () => Promise.reject(busy) }, () => Promise.resolve('r')),
    ).rejects.toBe(busy);
  });
});
