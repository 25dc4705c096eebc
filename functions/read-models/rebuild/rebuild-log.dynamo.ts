import { ifReadable } from '../../platform/dynamodb/readable-rows.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { RebuildLog } from './rebuild.port.ts';
import { attemptKey, parseAttemptFacts } from '../../deliver/attempts/attempt-row.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import { deliveryKeys } from '../../platform/dynamodb/keys.ts';
import { scanSegment } from '../../platform/dynamodb/segment-scan.ts';
import { prefixEnd, pagesOf } from '../../platform/dynamodb/table.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

/** Items of a page; progress is saved after each. */
const PAGE = 200;

const readable = ifReadable(parseAttemptFacts);

/** Reads the log of attempts for a rebuild. */
export const makeRebuildLog = (client: DynamoClient, table: string): RebuildLog => ({
  async scan(segment, after) {
    const page = await scanSegment(client, table, segment, { after, limit: PAGE });
    return { ...page, items: page.items.filter(({ type }) => type === 'at').map(readable) };
  },

  async attemptsAt({ orgId, appId, messageId, endpointId }) {
    const prefix = `at#${endpointId}#`;
    const pk = deliveryKeys.message(orgId, appId, messageId);
    const found: Attempt[] = [];
    const range = { table, pk, low: prefix, high: prefixEnd(prefix), forward: true, strong: true };
    for await (const rows of pagesOf(client, range, Number.POSITIVE_INFINITY)) {
      found.push(...rows.map(readable).filter((attempt) => attempt !== undefined));
    }
    return found;
  },

  async findMany(attempts) {
    const places = attempts.map((attempt) => ({ table, key: attemptKey(attempt) }));
    const found = await batchGet(client, places);
    return places.map((place) => {
      const row = found(place);
      return row === undefined ? undefined : readable(row);
    });
  },
});
