import type { Application } from '../catalog/applications/application.domain.ts';
import type { CatalogedEndpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { parseAttemptFacts } from '../deliver/attempts/attempt-row.ts';
import { readCatalogedEndpoint } from '../catalog/endpoints/endpoint-image.ts';
import { readApplication } from '../catalog/items.ts';
import type { Row } from '../platform/dynamodb/table.ts';
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
    }
  | { readonly kind: 'application-deleted'; readonly application: Application; readonly deletedAt: number };

/** The deletion of an application, by the row that marks it. */
const parseDeletion = (before: Row | undefined, after: Row): AnnouncedChange | undefined => {
  const { item: application, deletedAt } = readApplication(after);
  if (deletedAt === null || (before !== undefined && readApplication(before).deletedAt !== null))
    return undefined;
  return { kind: 'application-deleted', application, deletedAt };
};

const parseChange = ({ eventName, before, after }: Change): AnnouncedChange | undefined => {
  if (after?.['type'] === 'at' && eventName === 'INSERT')
    return { kind: 'attempt', attempt: parseAttemptFacts(after) };
  if (after?.['type'] === 'app') return parseDeletion(before, after);
  if (after?.['type'] !== 'ep') return undefined;
  return {
    kind: 'endpoint',
    before: before === undefined ? undefined : readCatalogedEndpoint(before),
    after: readCatalogedEndpoint(after),
  };
};

/** Events of one endpoint are published in order. */
const subjectOf = (item: AnnouncedChange): string => {
  switch (item.kind) {
    case 'attempt':
      return item.attempt.endpointId;
    case 'endpoint':
      return item.after.id;
    case 'application-deleted':
      return item.application.id;
  }
};

/** Reads the Catalog and Deliveries streams: publishes domain events and operational webhooks, and lets deleted applications expire. */
export const handler = streamWorker(() => {
  const { announce, expireDeleted, step, ...services } = wireAnnounce();
  return {
    ...services,
    work: async (items: readonly AnnouncedChange[]) => {
      await step('announce.read');
      const outcomes = await settleTogetherOrAlone(items, subjectOf, async (some) => {
        await announce.attempts(some.flatMap((item) => (item.kind === 'attempt' ? [item.attempt] : [])));
        await announce.endpoints(some.flatMap((item) => (item.kind === 'endpoint' ? [item] : [])));
        for (const item of some)
          if (item.kind === 'application-deleted') {
            const { orgId, id: appId } = item.application;
            await expireDeleted({ orgId, appId }, item.deletedAt);
          }
      });
      await step('announce.done');
      return outcomes;
    },
  };
}, parseChange);
