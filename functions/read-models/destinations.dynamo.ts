import type { ReadModelTables } from './views.dynamo.ts';
import { endpointId } from '../platform/ids/brand.domain.ts';
import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { DeliveryStatusReader } from './delivery-status.port.ts';
import type { Cursor } from '../platform/pages/page.ts';
import { endpointMessageOf, mergeEndpointMessages } from './messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';
import { parseEndpointMessageRow } from './messages-by-endpoint/endpoint-message-row.ts';
import { parseAttemptFacts } from '../deliver/attempts/attempt-row.ts';
import { deliveryKeys, shardOf, viewKeys } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import { prefixEnd, queryPage } from '../platform/dynamodb/table.ts';
import type { Row, RowPage } from '../platform/dynamodb/table.ts';

const ATTEMPTS = 'at#';
/** Rows of one read: some 120 KB. */
const READ_ROWS = 250;
/** Reads of one page, for some 16,000 attempts. A page that ends here is shorter than its limit. */
const MOST_READS = 64;

/** Sort keys of the attempts at endpoints beyond the cursor, in the direction walked. */
const span = (cursor: Cursor | null): { readonly low: string; readonly high: string } => {
  const all = { low: ATTEMPTS, high: prefixEnd(ATTEMPTS) };
  if (cursor === null) return all;
  return cursor.direction === 'next'
    ? { ...all, low: prefixEnd(`${ATTEMPTS}${cursor.id}#`) }
    : { ...all, high: `${ATTEMPTS}${cursor.id}#` };
};

const endpointOf = (row: Row): EndpointId => endpointId(String(row['sk']).split('#')[1] ?? '');

interface Message {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly messageId: MessageId;
}

/** What the read model has of a message at an endpoint. */
const readState = async (
  { client, views: table }: ReadModelTables,
  { orgId, appId, messageId }: Message,
  endpoint: EndpointId,
): Promise<readonly EndpointMessage[]> => {
  const pk = viewKeys.endpointMessages(orgId, appId, endpoint, shardOf(messageId));
  const range = { table, pk, low: messageId, high: messageId, forward: true, strong: true };
  return readableRows((await queryPage(client, range)).rows, parseEndpointMessageRow);
};

/**
 * Lists the endpoints of a message with their latest attempts, from the log. Of an endpoint with more attempts than a
 * read has, the first ones are read and the read model says the rest, so that no endpoint ends a page by itself.
 */
export const makeDestinations =
  (
    tables: ReadModelTables,
    mostReads = MOST_READS,
    readRows = READ_ROWS,
  ): DeliveryStatusReader['destinations'] =>
  async (orgId, appId, messageId, { limit, cursor }) => {
    const message = { orgId, appId, messageId };
    const forward = cursor?.direction !== 'previous';
    const latest = new Map<EndpointId, EndpointMessage>();
    const merge = (states: readonly EndpointMessage[]) => {
      for (const state of states) {
        const known = latest.get(state.endpointId);
        latest.set(state.endpointId, known === undefined ? state : mergeEndpointMessages(known, state));
      }
    };
    let range = {
      ...span(cursor),
      ...{ table: tables.deliveries, pk: deliveryKeys.message(orgId, appId, messageId) },
      ...{ forward, strong: true, limit: readRows },
    };
    let after: RowPage['after'];
    let more = true;
    /** The last endpoint read: rows of it may be left. */
    let partial: EndpointId | undefined;
    let last: EndpointId | undefined;
    for (let reads = 0; more && latest.size <= limit && reads < mostReads; reads += 1) {
      const { rows, after: next } = await queryPage(tables.client, range, after);
      merge(readableRows(rows, parseAttemptFacts).map(endpointMessageOf));
      const [first, end] = [rows[0], rows.at(-1)];
      more = next !== undefined;
      after = next;
      last = end === undefined ? last : endpointOf(end);
      partial = more ? last : undefined;
      if (partial === undefined || first === undefined || endpointOf(first) !== partial) continue;
      // It filled a read.
      merge(await readState(tables, message, partial));
      range = { ...range, ...span({ id: partial, direction: forward ? 'next' : 'previous' }) };
      [after, partial] = [undefined, undefined];
    }
    const complete = [...latest.values()].filter((state) => state.endpointId !== partial);
    const items = complete.slice(0, limit);
    return {
      items: forward ? items : items.toReversed(),
      done: !more && latest.size <= limit,
      // None could be read in so many reads: go on behind them.
      ...(items.length === 0 && more && limit > 0 && last !== undefined && { resumeAt: last }),
    };
  };
