import * as z from 'zod';
import type { DynamoClient } from '../../platform/aws/command.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { prefixEnd, queryPage } from '../../platform/dynamodb/table.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { endpointId } from '../../platform/ids/brand.domain.ts';
import type { EndpointPlace, ListEndpointPlaces } from './statistics-page.flow.ts';

const LIMIT = 100;

/** Each field by itself, so that an endpoint whose row cannot be read is counted too. */
const endpoint = z.object({
  sk: z.string(),
  createdAt: z.number().catch(0),
  deletedAt: z.number().nullable().catch(null),
  eventTypes: z.array(z.string()).nullable().catch(null),
});

const parse = (row: Row): EndpointPlace => {
  const { sk, ...fields } = endpoint.parse(row);
  return { ...fields, id: endpointId(sk.slice(sk.indexOf('#') + 1)) };
};

/**
 * Lists the endpoints of an application in the order of their ids, live and deleted ones together: one that is deleted
 * meanwhile keeps its place, so it is found exactly once.
 */
export const makeEndpointPlaces =
  (client: DynamoClient, table: string, limit = LIMIT): ListEndpointPlaces =>
  async (orgId, appId, after) => {
    const pageOf = async (keyOf: (id: string) => { readonly pk: string; readonly sk: string }) => {
      const { pk, sk: first } = keyOf('');
      // The smallest key after that of the last endpoint.
      const low = after === null ? first : `${keyOf(after).sk}\u0000`;
      const range = { table, pk, low, high: prefixEnd(first), forward: true, strong: true, limit };
      const page = await queryPage(client, range);
      const items = page.rows.map(parse);
      // Ids up to here are complete; null: all.
      return { items, upTo: page.after === undefined ? null : (items.at(-1)?.id ?? null) };
    };
    // Live ones first: an endpoint that is deleted between the two reads is in both.
    const live = await pageOf((id) => catalogKeys.endpoint(orgId, appId, id));
    const deleted = await pageOf((id) => catalogKeys.endpointDeleted(orgId, appId, id));
    const ends = [live.upTo, deleted.upTo].filter((id) => id !== null).toSorted();
    const [end] = ends;
    const byId = new Map([...live.items, ...deleted.items].map((item) => [item.id, item]));
    const items = [...byId.values()]
      .filter(({ id }) => end === undefined || id <= end)
      .toSorted((left, right) => (left.id < right.id ? -1 : 1));
    return { items, done: end === undefined };
  };
