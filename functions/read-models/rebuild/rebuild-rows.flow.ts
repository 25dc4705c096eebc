import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { dirtyHours } from '../hourly-statistics/endpoint-hours.domain.ts';
import type { EndpointHour, DirtyHour } from '../hourly-statistics/endpoint-hours.domain.ts';
import { endpointMessagesOf, compare } from '../latest-state.domain.ts';
import type { MessagePlace } from '../latest-state.domain.ts';
import type { RebuildLog, RebuildViews, ViewItem, ViewName } from './rebuild.port.ts';
import type { MarkDirtyHours } from '../hourly-statistics/statistics.flow.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { settleAll } from '../../platform/settle.domain.ts';

export interface RebuildRowsDeps {
  readonly log: RebuildLog;
  readonly views: RebuildViews;
  readonly markDirtyHours: MarkDirtyHours;
  readonly now: () => number;
  readonly step: Step;
}

/** Rows that were written and taken away. */
export interface Repaired {
  readonly written: number;
  readonly removed: number;
}

/** Rows that are mended side by side. */
const AT_ONCE = 16;

const inTurns = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await settleAll(items.slice(start, start + AT_ONCE).map(work));
  }
};

/** Rows carry no response. */
const same = (left: Attempt, right: Attempt): boolean =>
  JSON.stringify({ ...left, response: '' }) === JSON.stringify({ ...right, response: '' });

const reopened = (hours: readonly EndpointHour[]) =>
  hours.map((hour) => ({ ...hour, kind: 'reopened' as const }));

/**
 * Makes rows right while projections write them too. An attempt is in the log before it is projected, so a row that
 * was read before the log can only be behind it. What is more than behind is removed and put together anew from a
 * second reading of the log: what was projected into the removed row is in that reading, and what comes later is
 * merged into the new one, whichever comes first.
 */
export const makeRebuildRows = ({ log, views, markDirtyHours, now, step }: RebuildRowsDeps) => {
  const expectedAt = async (place: MessagePlace) => {
    const states = endpointMessagesOf(await log.attemptsAt(place));
    await step('rebuild.log-read');
    return states;
  };

  const mendMessage = async (place: MessagePlace): Promise<Repaired> => {
    const [latest] = await views.latestMessages([place]);
    await step('rebuild.row-read');
    const expected = await expectedAt(place);
    switch (compare(latest, expected[0])) {
      case 'right':
        return { written: 0, removed: 0 };
      case 'behind':
        await views.mergeEndpointMessages(expected);
        return { written: 1, removed: 0 };
      case 'wrong': {
        await views.removeMessage(place);
        await step('rebuild.row-removed');
        const anew = await expectedAt(place);
        await views.mergeEndpointMessages(anew);
        return { written: anew.length, removed: 1 };
      }
    }
  };

  const mendMessages = async (places: readonly MessagePlace[]): Promise<Repaired> => {
    let [written, removed] = [0, 0];
    await inTurns(places, async (place) => {
      const repaired = await mendMessage(place);
      written += repaired.written;
      removed += repaired.removed;
    });
    return { written, removed };
  };

  /**
   * Counts of hours whose rows change no longer hold. Noted before, so that a crash between leaves no old count behind,
   * and after, so that who counted meanwhile counts again.
   */
  const noting = async (notes: () => readonly DirtyHour[], change: () => Promise<void>): Promise<void> => {
    await markDirtyHours(notes());
    await change();
    await step('rebuild.rows-changed');
    await markDirtyHours(notes());
  };

  const putAttempts = async (attempts: readonly Attempt[]): Promise<void> => {
    if (attempts.length === 0) return;
    await noting(
      () => dirtyHours(attempts, now()),
      () => views.putEndpointAttempts(attempts),
    );
  };

  const mendAttempts = async (
    items: readonly Extract<ViewItem, { readonly key: unknown }>[],
  ): Promise<Repaired> => {
    const readable = items.flatMap(({ attempt }) => attempt ?? []);
    const recorded = new Map((await log.findMany(readable)).flatMap((one) => (one ? [[one.id, one]] : [])));
    const found = items.map((item) => ({
      item,
      recorded: item.attempt === undefined ? undefined : recorded.get(item.attempt.id),
    }));
    const phantoms = found.filter((one) => one.recorded === undefined).map(({ item }) => item);
    const wrong = found.flatMap(({ item, recorded: right }) =>
      right === undefined || item.attempt === undefined || same(item.attempt, right) ? [] : [right],
    );
    await putAttempts(wrong);
    await noting(
      () => reopened(phantoms.map(({ hour }) => hour)),
      () => views.remove(phantoms.map(({ key }) => key)),
    );
    return { written: wrong.length, removed: phantoms.length };
  };

  return {
    /** Holds rows against the log; what the log does not have goes. */
    ofViews: async (items: readonly ViewItem[]): Promise<Repaired> => {
      const strays = items.flatMap((item) => ('stray' in item ? [item.stray] : []));
      await views.remove(strays);
      await markDirtyHours(
        reopened(items.flatMap((item) => ('hour' in item && !('key' in item) ? [item.hour] : []))),
      );
      const attempts = await mendAttempts(items.filter((item) => 'key' in item));
      const messages = await mendMessages(items.flatMap((item) => ('place' in item ? [item.place] : [])));
      return {
        written: attempts.written + messages.written,
        removed: strays.length + attempts.removed + messages.removed,
      };
    },

    /** Writes what these attempts of the log amount to, wherever it does not stand. */
    ofLog: async (attempts: readonly Attempt[], wanted: readonly ViewName[]): Promise<Repaired> => {
      let repaired: Repaired = { written: 0, removed: 0 };
      if (wanted.includes('endpoint-attempts')) {
        const latest = await views.latestAttempts(attempts);
        const missing = attempts.filter((_, index) => latest[index] !== true);
        await putAttempts(missing);
        repaired = { ...repaired, written: missing.length };
      }
      if (wanted.includes('endpoint-messages')) {
        const states = endpointMessagesOf(attempts);
        const latest = await views.latestMessages(states);
        const doubtful = states.filter((state, index) => compare(latest[index], state) !== 'right');
        const messages = await mendMessages(doubtful);
        repaired = { written: repaired.written + messages.written, removed: messages.removed };
      }
      if (wanted.includes('endpoint-hours'))
        await markDirtyHours(dirtyHours(attempts, Number.NEGATIVE_INFINITY));
      return repaired;
    },
  };
};
