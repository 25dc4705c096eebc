import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AppId, EndpointId, MessageId, OrgId } from '../../platform/ids/brand.domain.ts';
import { idRange } from '../../platform/ids/time-range.domain.ts';
import type { IdRange } from '../../platform/ids/time-range.domain.ts';
import { deliveryKeys } from '../../platform/dynamodb/keys.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import { prefixEnd, pagesOf } from '../../platform/dynamodb/table.ts';
import type { Page } from '../../platform/pages/page.ts';
import { acceptsAttempt } from '../attempt-filter.ts';
import type { AttemptReader } from '../attempts.port.ts';
import { loggedAttempt, makeResponses } from '../responses.dynamo.ts';
import type { LoggedAttempt } from '../responses.dynamo.ts';

/** The first `count` attempts of the range in the direction of its walk, returned newest first. */
const nearestOf = (
  attempts: readonly LoggedAttempt[],
  range: IdRange,
  count: number,
): readonly LoggedAttempt[] => {
  const inside = attempts
    .filter(({ attempt: { id } }) => id > range.above && id < range.below)
    .toSorted((left, right) => (left.attempt.id < right.attempt.id ? 1 : -1));
  return range.walk === 'newest-first'
    ? inside.slice(0, count)
    : inside.slice(Math.max(0, inside.length - count));
};

/** `nearest`: up to `limit` + 1 attempts, so that `done` is known. */
const pageOf = (nearest: readonly LoggedAttempt[], range: IdRange, limit: number): Page<LoggedAttempt> => ({
  items: nearestOf(nearest, range, limit),
  done: nearest.length <= limit,
});

/** Reads the attempts of a message from the log. */
export const makeAttemptsByMessage = (
  client: DynamoDBDocumentClient,
  deliveries: string,
): Pick<AttemptReader, 'listByMessage' | 'find'> => {
  const responses = makeResponses(client, deliveries);
  const ofMessage = (orgId: OrgId, app: AppId, id: MessageId, endpointId: EndpointId | null) => {
    const pk = deliveryKeys.message(orgId, app, id);
    const prefix = endpointId === null ? 'at#' : `at#${endpointId}#`;
    return pagesOf(client, {
      ...{ table: deliveries, pk, low: prefix, high: prefixEnd(prefix), forward: true, strong: true },
    });
  };

  return {
    async listByMessage(orgId, app, id, endpointId, query, nowMs) {
      const range = idRange('atmpt_', query, nowMs);
      const accepts = acceptsAttempt(query);
      // Rows are ordered by endpoint, so all must be read; memory holds one page of them.
      let nearest: readonly LoggedAttempt[] = [];
      for await (const rows of ofMessage(orgId, app, id, endpointId)) {
        const found = readableRows(rows, loggedAttempt).filter(({ attempt }) => accepts(attempt));
        nearest = nearestOf([...nearest, ...found], range, query.limit + 1);
      }
      const page = pageOf(nearest, range, query.limit);
      return query.withContent
        ? responses.ofPage(page, range.walk)
        : { ...page, items: page.items.map(({ attempt }) => attempt) };
    },

    async find(orgId, app, message, id) {
      for await (const rows of ofMessage(orgId, app, message, null)) {
        const row = rows.find((one) => one['id'] === id);
        if (row !== undefined) return responses.ofAttempt(loggedAttempt(row));
      }
      return undefined;
    },
  };
};
