import { describe, expect, it } from 'vitest';
import { makeCheckEventSources } from '../../../functions/monitoring/check-event-sources.flow.ts';

const check = (sources: Record<string, { state: string; lastResult?: string } | null>) =>
  makeCheckEventSources({
    ids: Object.keys(sources),
    read: (id) => {
      const found = sources[id] ?? null;
      return Promise.resolve(found === null ? null : { lastResult: '', ...found, id });
    },
  })();

describe('the check of event sources', () => {
  it.each(['Enabled', 'Creating', 'Enabling', 'Updating'])(
    'finds nothing in a mapping that is %s',
    async (state) => {
      expect(await check({ one: { state, lastResult: 'No records processed' } })).toEqual([]);
    },
  );

  it.each(['Disabled', 'Disabling', 'Deleting'])('finds a mapping that is %s', async (state) => {
    expect(await check({ one: { state }, two: { state: 'Enabled' } })).toEqual([
      { source: { id: 'one', state, lastResult: '' }, reason: 'disabled' },
    ]);
  });

  it('finds a mapping that Lambda cannot poll, and one that was deleted', async () => {
    const lastResult = 'PROBLEM: Function call failed';
    expect(await check({ one: { state: 'Enabled', lastResult }, two: null })).toMatchObject([
      { source: { id: 'one' }, reason: 'failing' },
      { source: { id: 'two' }, reason: 'deleted' },
    ]);
  });

  it('fails if a mapping cannot be read, so that the missing metric raises the alarm', async () => {
    const read = () => Promise.reject(new Error('AccessDenied'));
    await expect(makeCheckEventSources({ ids: ['one'], read })()).rejects.toThrow('AccessDenied');
  });
});
