import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
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

/** Numbers of rows that were written and removed. */
export interface Repaired {
  readonly written: number;
  readonly removed: number;
}

/** Rows that are repaired in parallel. */
const AT_ONCE = 16;

const forEach = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  const limit = pLimit(AT_ONCE);
  await settleAll(items.map((item) => limit(work, item)));
};

/** Compares without the response, which read models do not store. */
const same = (left: Attempt, right: Attempt): boolean =>
  isDeepStrictEqual({ ...left, response: '' }, { ...right, response: '' });

const reopened = (hours: readonly EndpointHour[]) =>
  hours.map((hour) => ({ ...hour, kind: 'reopened' as const }));

/**
 * Repairs rows while `project` writes them too. An attempt is in the log before it is projected, so a row that was read
 * before the log is right or stale. Any other row is wrong: it is removed and written again from a second read of the
 * log. That read contains everything that was projected into the removed row, and later attempts are merged in any
 * order.
 */
export const makeRebuildRows = ({ log, views, markDirtyHours, now, step }: RebuildRowsDeps) => {
  const expectedAt = async (place: MessagePlace) => {
    const states = endpointMessagesOf(await log.attemptsAt(place));
    await step('rebuild.log-read');
    return states;
  };

  const repairMessage = async (place: MessagePlace): Promise<Repaired> => {
    const [latest] = await views.latestMessages([place]);
    await step('rebuild.row-read');
    const expected = await expectedAt(place);
    switch (compare(latest, expected[0])) {
      case 'right':
        return { written: 0, removed: 0 };
      case 'stale':
        await views.mergeEndpointMessages(expected);
        return { written: 1, removed: 0 };
      case 'wrong': {
        await views.removeMessage(place);
        await step('rebuild.row-removed');
        const current = await expectedAt(place);
        await views.mergeEndpointMessages(current);
        return { written: current.length, removed: 1 };
      }
    }
  };

  const repairMessages = async (places: readonly MessagePlace[]): Promise<Repaired> => {
    let [written, removed] = [0, 0];
    await forEach(places, async (place) => {
      const repaired = await repairMessage(place);
      written += repaired.written;
      removed += repaired.removed;
    });
    return { written, removed };
  };

  /**
   * Marks the hours whose attempt rows change as dirty: before the change, so that a crash leaves no outdated count, and
   * after it, so that a count taken meanwhile is taken again.
   */
  const markingHours = async (
    hours: () => readonly DirtyHour[],
    change: () => Promise<void>,
  ): Promise<void> => {
    await markDirtyHours(hours());
    await change();
    await step('rebuild.rows-changed');
    await markDirtyHours(hours());
  };

  const putAttempts = async (attempts: readonly Attempt[]): Promise<void> => {
    if (attempts.length === 0) return;
    await markingHours(
      () => dirtyHours(attempts, now()),
      () => views.putEndpointAttempts(attempts),
    );
  };

  const repairAttempts = async (
    items: readonly Extract<ViewItem, { readonly key: unknown }>[],
  ): Promise<Repaired> => {
    const readable = items.flatMap(({ attempt }) => attempt ?? []);
    const recorded = new Map((await log.findMany(readable)).flatMap((one) => (one ? [[one.id, one]] : [])));
    const found = items.map((item) => ({
      item,
      recorded: item.attempt === undefined ? undefined : recorded.get(item.attempt.id),
    }));
    const unrecorded = found.filter((one) => one.recorded === undefined).map(({ item }) => item);
    const wrong = found.flatMap(({ item, recorded: right }) =>
      right === undefined || item.attempt === undefined || same(item.attempt, right) ? [] : [right],
    );
    await putAttempts(wrong);
    await markingHours(
      () => reopened(unrecorded.map(({ hour }) => hour)),
      () => views.remove(unrecorded.map(({ key }) => key)),
    );
    return { written: wrong.length, removed: unrecorded.length };
  };

  return {
    /** Compares rows with the log; removes rows that the log does not have. */
    ofViews: async (items: readonly ViewItem[]): Promise<Repaired> => {
      const strays = items.flatMap((item) => ('stray' in item ? [item.stray] : []));
      await views.remove(strays);
      await markDirtyHours(
        reopened(items.flatMap((item) => ('hour' in item && !('key' in item) ? [item.hour] : []))),
      );
      const attempts = await repairAttempts(items.filter((item) => 'key' in item));
      const messages = await repairMessages(items.flatMap((item) => ('place' in item ? [item.place] : [])));
      return {
        written: attempts.written + messages.written,
        removed: strays.length + attempts.removed + messages.removed,
      };
    },

    /** Writes the missing and stale rows of these attempts of the log. */
    ofLog: async (attempts: readonly Attempt[], selected: readonly ViewName[]): Promise<Repaired> => {
      let repaired: Repaired = { written: 0, removed: 0 };
      if (selected.includes('endpoint-attempts')) {
        const latest = await views.latestAttempts(attempts);
        const missing = attempts.filter((_, index) => latest[index] !== true);
        await putAttempts(missing);
        repaired = { ...repaired, written: missing.length };
      }
      if (selected.includes('endpoint-messages')) {
        const states = endpointMessagesOf(attempts);
        const latest = await views.latestMessages(states);
        const different = states.filter((state, index) => compare(latest[index], state) !== 'right');
        const messages = await repairMessages(different);
        repaired = { written: repaired.written + messages.written, removed: messages.removed };
      }
      if (selected.includes('endpoint-hours'))
        await markDirtyHours(dirtyHours(attempts, Number.NEGATIVE_INFINITY));
      return repaired;
    },
  };
};
