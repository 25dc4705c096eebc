import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { endpointMessageItem } from '../../../functions/read-models/views.dynamo.ts';
import { NOON, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeSimulation } from './simulation.ts';
import type { Simulation } from './simulation.ts';
import { aroundCalls } from '../../support/raw-calls.ts';
import { emulatorDynamo } from '../emulator.ts';

/** Three attempts at one endpoint: failed, failed, succeeded. */
const threeAttempts = (): [Attempt, Attempt, Attempt] => {
  const ids = seededIds(1);
  const messageId = ids.message(NOON);
  const failed = { succeeded: false, decision: { kind: 'retry', at: NOON + 9_000 } } as const;
  const one = (number: number, some: Partial<Attempt>) =>
    attempt({
      messageId,
      id: ids.attempt(NOON + number),
      at: NOON + number,
      trigger: { kind: 'scheduled', number },
      ...some,
    });
  return [one(1, failed), one(2, failed), one(3, {})];
};

/** Writes a corrupt row into which no attempt can be merged. */
const corrupt = ({ putView }: Simulation, one: Attempt) =>
  putView({
    ...endpointMessageItem(endpointMessageOf(one)),
    la: `atmpt_${'z'.repeat(27)}`,
    ...{ ls: false, es: true, ef: true },
  });

/** The steps of rebuilding a corrupt row, in this order, and the end. */
const PLACES = ['row-read', 'log-read', 'row-removed', 'log-read again', 'end'] as const;
const PAIRS = PLACES.flatMap((recorded, from) =>
  PLACES.slice(from).map((projected) => [recorded, projected]),
);
const STEPS = ['rebuild.row-read', 'rebuild.log-read', 'rebuild.row-removed'];

describe('row that is rebuilt while it changes', () => {
  it.each(PAIRS)('keeps an attempt recorded at %s and projected at %s', async (recorded, projected) => {
    const simulation = await makeSimulation();
    const [first, second, third] = threeAttempts();
    await simulation.record([first, second]);
    const reached: string[] = [];
    const reach = async (place: string) => {
      reached.push(place);
      if (place === recorded) await simulation.record([third]);
      if (place === projected) await simulation.projector()([third]);
    };
    let pages = 0;
    const step = async (name: string) => {
      // Between the passes, so that only the last pass reads the corrupt row and no later pass repairs its errors.
      if (name === 'rebuild.page-done' && (pages += 1) === 1) await corrupt(simulation, first);
      const place = name.replace('rebuild.', '');
      if (STEPS.includes(name)) await reach(reached.includes(place) ? `${place} again` : place);
    };
    await simulation.rebuild({ views: ['endpoint-messages'], segments: 1, step });
    await reach('end');
    expect(reached.slice(0, 4)).toEqual(PLACES.slice(0, 4));
    await simulation.rebuild({ views: ['endpoint-attempts'] });
    await simulation.expectRight();
  });

  it('keeps a projection that is delayed between its two writes', async () => {
    const simulation = await makeSimulation();
    const [first, , third] = threeAttempts();
    await simulation.record([first, third]);
    await simulation.projector()([first]);
    await corrupt(simulation, first);
    const held = emulatorDynamo();
    let rebuilt = 0;
    aroundCalls(held, async (operation, make) => {
      const answer = await make();
      // Its insert found the corrupt row; the rebuild replaces that row before the next write.
      if (operation === 'GetItem') rebuilt += (await simulation.rebuild({ segments: 1 })).removed;
      return answer;
    });
    await simulation.projector(held)([third]);
    expect(rebuilt).toBe(1);
    await simulation.expectRight();
  });

  it.each([...STEPS, 'rebuild.rows-changed', 'rebuild.page-done'])(
    'is right after the rebuild crashed at %s and was run again',
    async (name) => {
      const simulation = await makeSimulation();
      const [first, second, third] = threeAttempts();
      await simulation.record([first, second, third]);
      await simulation.projector()([first]);
      await corrupt(simulation, first);
      const step = (reached: string) =>
        reached === name ? Promise.reject(new Error('crash')) : Promise.resolve();
      await expect(simulation.rebuild({ segments: 1, step })).rejects.toThrow('crash');
      expect(await simulation.rebuild({ segments: 1 })).toMatchObject({ finished: true, resumed: true });
      await simulation.expectRight();
    },
  );
});

describe('interrupted rebuild', () => {
  it('resumes at its position with its original segments, and the next rebuild starts anew', async () => {
    const simulation = await makeSimulation();
    const [first, second, third] = threeAttempts();
    await simulation.record([first, second, third]);
    let over = false;
    const onPage = (pass: string) => (over ||= pass === 'log');
    const part = await simulation.rebuild({ segments: 4, stopped: () => over, onPage });
    expect(part).toMatchObject({ finished: false, resumed: false });
    const rest = await simulation.rebuild({ segments: 2 });
    expect(rest).toMatchObject({ finished: true, resumed: true });
    expect(part.read + rest.read).toBe(3);
    expect((await simulation.rebuild({ segments: 2 })).resumed).toBe(false);
    await simulation.expectRight();
  });
});
