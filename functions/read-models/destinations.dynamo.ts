import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { AttemptedReader } from './delivery-status.port.ts';
import type { Cursor } from '../platform/pages/page.ts';
import { endpointMessageOf, mergeEndpointMessages } from './messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';
import { parseAttemptFacts } from '../deliver/attempts/attempt-row.ts';
import { deliveryKeys } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import { RangeTooLong, prefixEnd, queryPage } from '../platform/dynamodb/table.ts';
import type { RowPage } from '../platform/dynamodb/table.ts';

const ATTEMPTS = 'at#';
/** Rows of one read: with answers of 20 KB that would not shrink, about the 1 MB that a read may hold. */
const READ_ROWS = 50;
/** Of one answer: some 3,000 attempts, three seconds. An answer that ends here is a shorter page. */
const MOST_READS = 64;

/** Sort keys of the attempts at endpoints beyond the cursor, in the direction walked. */
const span = (cursor: Cursor | null): { readonly low: string; readonly high: string } => {
  const all = { low: ATTEMPTS, high: prefixEnd(ATTEMPTS) };
  if (cursor === null) return all;
  return cursor.direction === 'next'
    ? { ...all, low: prefixEnd(`${ATTEMPTS}${cursor.id}#`) }
    : { ...all, high: `${ATTEMPTS}${cursor.id}#` };
};

/** Attempts of one message, endpoint by endpoint: where each was last tried, off the log itself. */
export const makeDestinations =
  (
    client: DynamoDBDocumentClient,
    deliveries: string,
    mostReads = MOST_READS,
  ): AttemptedReader['destinations'] =>
  async (orgId, appId, messageId, { limit, cursor }) => {
    const forward = cursor?.direction !== 'previous';
    const range = {
      ...span(cursor),
      table: deliveries,
      pk: deliveryKeys.message(orgId, appId, messageId),
      forward,
      strong: true,
      limit: READ_ROWS,
    };
    const latest = new Map<EndpointId, EndpointMessage>();
    let after: RowPage['after'];
    let reads = 0;
    do {
      const page = await queryPage(client, range, after);
      for (const state of readableRows(page.rows, parseAttemptFacts).map(endpointMessageOf)) {
        const known = latest.get(state.endpointId);
        latest.set(state.endpointId, known === undefined ? state : mergeEndpointMessages(known, state));
      }
      after = page.after;
      reads += 1;
    } while (after !== undefined && latest.size <= limit && reads < mostReads);
    // The last endpoint may be read in part while rows are left; it is not in the page.
    const complete = after === undefined ? latest.size : latest.size - 1;
    if (after !== undefined && complete < 1)
      throw new RangeTooLong(`one endpoint has more than ${mostReads} reads`);
    const items = [...latest.values()].slice(0, Math.min(limit, complete));
    return {
      items: forward ? items : items.toReversed(),
      done: after === undefined && latest.size <= limit,
    };
  };
