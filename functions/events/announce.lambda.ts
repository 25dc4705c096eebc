import type { CatalogedEndpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { parseAttemptFacts } from '../deliver/attempts/attempt-row.ts';
import { readCatalogedEndpoint } from '../catalog/endpoints/endpoint-image.ts';
import type { Change } from '../platform/lambda/stream-event.ts';
import { streamWorker } from '../platform/lambda/stream-worker.ts';
import { settleTogetherOrAlone } from '../platform/settle.domain.ts';
import { wireAnnounce } from './announce.wiring.ts';

type AnnouncedChange =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | {
      readonly kind: 'endpoint';
      readonly before: CatalogedEndpoint | undefined;
      readonly after: CatalogedEndpoint;
    };

const parseChange = ({ eventName, before, after }: Change): AnnouncedChange | undefined => {
  if (after?.['type'] === 'at' && eventName === 'INSERT')
    return { kind: 'attempt', attempt: parseAttemptFacts(after) };
  if (after?.['type'] !== 'ep') return undefined;
  return {
    kind: 'endpoint',
    before: before === undefined ? undefined : readCatalogedEndpoint(before),
    after: readCatalogedEndpoint(after),
  };
};

/** Events of one endpoint are published in order. */
const subjectOf = (item: AnnouncedChange) =>
  item.kind === 'attempt' ? item.attempt.endpointId : item.after.id;

/** Reads the Catalog and Deliveries streams and publishes domain events and operational webhooks. */
export const handler = streamWorker(() => {
  const { announce, step, ...services } = wireAnnounce();
  return {
    ...services,
    work: async (items: readonly AnnouncedChange[]) => {
      await step('announce.read');
      const outcomes = await settleTogetherOrAlone(items, subjectOf, async (some) => {
        await announce.attempts(some.flatMap((item) => (item.kind === 'attempt' ? [item.attempt] : [])));
        await announce.endpoints(some.flatMap((item) => (item.kind === 'endpoint' ? [item] : [])));
      });
      await step('announce.done');
      return outcomes;
    },
  };
}, parseChange);
