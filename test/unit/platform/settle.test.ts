import { describe, expect, it } from 'vitest';
import { settleAll } from '../../../functions/platform/settle.domain.ts';

const later = async (ends: () => void) => {
  await new Promise((resolve) => setImmediate(resolve));
  ends();
};

describe('settleAll', () => {
  it('answers the results in the order of the work', async () => {
    expect(await settleAll([Promise.resolve(1), 'two', later(() => undefined)])).toEqual([
      1,
      'two',
      undefined,
    ]);
  });

  it('throws the first failure only after everything else has ended', async () => {
    let ended = false;
    const work = [Promise.reject(new Error('first')), later(() => (ended = true))];
    await expect(settleAll(work)).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
});
