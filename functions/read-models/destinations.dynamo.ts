import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { DeliveryStatusReader } from './delivery-status.port.ts';
import type { Cursor } from '../platform/pages/page.ts';
import { endpointMessageOf, mergeEndpointMessages } from './messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';
import { parseAttemptFacts } from '../deliver/attempts/attempt-row.ts';
import { deliveryKeys } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import { RangeTooLong, prefixEnd, queryPage } from '../platform/dynamodb/table.ts';
import type { RowPage } from '../platform/dynamodb/table.ts';

const ATTEMPTS = 'at#';
/** Rows of one query: with incompressible responses of 20 KB about the 1 MB that DynamoDB returns at most. */
const READ_ROWS = 50;
/** Queries of one page: some 3,000 attempts, three seconds. A page that ends here is shorter than its limit. */
const MAX_READS = 64;

/** Sort keys of the attempts at the endpoints after the cursor (or before it, in the direction `previous`). */
const span = (cursor: Cursor | null): { readonly low: string; readonly high: string } => {
  const all = { low: ATTEMPTS, high: prefixEnd(ATTEMPTS) };
  if (cursor === null) return all;
  return cursor.direction === 'next'
    ? { ...all, low: prefixEnd(`${ATTEMPTS}${cursor.id}#`) }
    : { ...all, high: `${ATTEMPTS}${cursor.id}#` };
};

/** Reads the latest state of one message at each endpoint from the log of attempts. */
export const makeDestinations =
  (
    client: DynamoDBDocumentClient,
    deliveries: string,
    maxReads = MAX_READS,
  ): DeliveryStatusReader['destinations'] =>
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
    } while (after !== undefined && latest.size <= limit && reads < maxReads);
    // While rows are left, the attempts of the last endpoint may be incomplete; it is not in this page.
    const complete = after === undefined ? latest.size : latest.size - 1;
    if (after !== undefined && complete < 1)
      throw new RangeTooLong(`the attempts at one endpoint take more than ${maxReads} queries`);
    const items = [...latest.values()].slice(0, Math.min(limit, complete));
    return {
      items: forward ? items : items.toReversed(),
      done: after === undefined && latest.size <= limit,
    };
  };
