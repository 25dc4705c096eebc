import type { CatalogedEndpoint } from '../domain/facts.ts';
import type { Attempt } from '../domain/attempt.ts';
import { parseAttemptRow } from '../store/attempt-row.ts';
import { readEndpoint } from '../store/catalog-items.ts';
import type { Row } from '../store/table.ts';
import type { Change } from './stream-event.ts';
import { streamWorker } from './stream-worker.ts';
import { wireAnnounce } from './wiring.ts';

type News =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | {
      readonly kind: 'endpoint';
      readonly before: CatalogedEndpoint | undefined;
      readonly after: CatalogedEndpoint;
    };

const cataloged = (row: Row): CatalogedEndpoint => {
  const { item, deletedAt } = readEndpoint(row);
  return { ...item, deletedAt };
};

const news = ({ eventName, before, after }: Change): News | undefined => {
  if (after?.['type'] === 'at' && eventName === 'INSERT')
    return { kind: 'attempt', attempt: parseAttemptRow(after) };
  if (after?.['type'] !== 'ep') return undefined;
  return {
    kind: 'endpoint',
    before: before === undefined ? undefined : cataloged(before),
    after: cataloged(after),
  };
};

/** Off the Catalog and Deliveries streams: what happened is said on the event bus. */
export const handler = streamWorker(() => {
  const { deadLetters, announce, step } = wireAnnounce();
  return {
    deadLetters,
    work: async (items: readonly News[]) => {
      await announce.attempts(items.flatMap((item) => (item.kind === 'attempt' ? [item.attempt] : [])));
      await announce.endpoints(items.flatMap((item) => (item.kind === 'endpoint' ? [item] : [])));
      await step('announce.done');
    },
  };
}, news);
