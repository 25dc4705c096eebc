import type { StatisticsTask } from '../task.domain.ts';
import type { StatisticsCursor } from './statistics-cursor.ts';
import { PART_BYTES, STATISTICS_PAGE_MS, addTo, applicationsAfter, newPart } from './statistics-page.flow.ts';
import type { NamedApplication, StatisticsPageDeps } from './statistics-page.flow.ts';
import type { StatisticsPage } from './usage-page.flow.ts';

/**
 * Finds which event types the endpoints of applications subscribe to, disabled endpoints included, since they may be enabled
 * again, and whether an application has an endpoint for all event types.
 */
export const makeSubscriptionsPage = (deps: StatisticsPageDeps) => {
  const { endpointPlaces, now } = deps;

  const subscriptionsOf = async (task: StatisticsTask, { id }: NamedApplication) => {
    const types = new Set<string>();
    let hasCatchAllEndpoint = false;
    let after: string | null = null;
    for (;;) {
      const page: Awaited<ReturnType<typeof endpointPlaces>> = await endpointPlaces(task.orgId, id, after);
      for (const { eventTypes, deletedAt } of page.items) {
        if (deletedAt !== null) continue;
        if (eventTypes === null || eventTypes.length === 0) hasCatchAllEndpoint = true;
        for (const eventType of eventTypes ?? []) types.add(eventType);
      }
      after = page.items.at(-1)?.id ?? after;
      if (page.done)
        return {
          appId: id,
          explicitlySubscribedEventTypes: [...types].toSorted(),
          hasCatchAllEndpoint,
        };
    }
  };

  return async (task: StatisticsTask, start: StatisticsCursor): Promise<StatisticsPage> => {
    const deadline = now() + STATISTICS_PAGE_MS;
    const part = newPart();
    let cursor = start;
    const { items, next, done } = await applicationsAfter(deps, task, cursor.after);
    for (const application of items) {
      addTo(part, await subscriptionsOf(task, application));
      cursor = { ...cursor, after: application.id };
      const isLast = application.id === items.at(-1)?.id;
      if (!isLast && (part.bytes >= PART_BYTES || now() >= deadline)) return { part, cursor, done: false };
    }
    return { part, cursor: { ...cursor, after: next }, done };
  };
};
