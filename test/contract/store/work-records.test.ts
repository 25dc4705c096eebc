import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeWorkRecords } from '../../../functions/platform/idempotency/work-records.dynamo.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { freshOrg, freshTable } from './catalog.ts';

const LOCK = 30_000;
const HOUR = 3_600_000;

const clock = { now: NOON };
let recordOf: ReturnType<typeof makeWorkRecords>;

beforeAll(async () => {
  const { client, table } = await freshTable();
  recordOf = makeWorkRecords({ client, table, now: () => clock.now, retentionSeconds: HOUR / 1000 });
});

/** Records of one key, as functions in different processes have them. */
const key = () => ({ orgId: freshOrg(), name: `announce#${randomUUID()}` });

describe('a work record', () => {
  it('lets one of many concurrent starts begin', async () => {
    const of = key();
    const starts = await Promise.all(
      Array.from({ length: 10 }, (_, index) => recordOf(of).start(NOON + LOCK + index)),
    );
    expect(starts.filter((earlier) => earlier === undefined)).toHaveLength(1);
    expect(starts.filter((earlier) => earlier?.kind === 'in-progress')).toHaveLength(9);
  });

  it('has the result once the work was completed, until it expires', async () => {
    const of = key();
    const first = recordOf(of);
    expect(await first.start(NOON + LOCK)).toBeUndefined();
    await first.complete('the result');
    clock.now = NOON + HOUR - 1_000;
    expect(await recordOf(of).start(clock.now + LOCK)).toEqual({ kind: 'completed', result: 'the result' });
    clock.now = NOON + HOUR + 2_000;
    expect(await recordOf(of).start(clock.now + LOCK)).toBeUndefined();
    clock.now = NOON;
  });

  it('without a result may be started again after its lock, but not before', async () => {
    const of = key();
    await recordOf(of).start(NOON + LOCK);
    clock.now = NOON + LOCK;
    expect(await recordOf(of).start(clock.now + LOCK)).toEqual({ kind: 'in-progress' });
    clock.now = NOON + LOCK + 1;
    expect(await recordOf(of).start(clock.now + LOCK)).toBeUndefined();
    clock.now = NOON;
  });

  it('that is released may be started at once, unless its work was completed or started again', async () => {
    const of = key();
    const first = recordOf(of);
    await first.start(NOON + LOCK);
    await first.release();
    const second = recordOf(of);
    expect(await second.start(NOON + LOCK + 1)).toBeUndefined();
    await first.release();
    expect(await recordOf(of).start(NOON + LOCK + 2)).toEqual({ kind: 'in-progress' });
    await second.complete('');
    await second.release();
    expect(await recordOf(of).start(NOON + LOCK + 3)).toEqual({ kind: 'completed', result: '' });
  });

  it('is separate for each organization', async () => {
    const { name } = key();
    for (const orgId of [freshOrg(), freshOrg()])
      expect(await recordOf({ orgId, name }).start(NOON + LOCK)).toBeUndefined();
  });
});
