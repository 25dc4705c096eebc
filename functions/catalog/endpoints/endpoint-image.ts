import * as z from 'zod';
import type { CatalogedEndpoint } from './endpoint.domain.ts';
import { readEndpoint } from '../items.ts';
import type { Row } from '../../platform/dynamodb/table.ts';

/** A deleted endpoint has no uid; its row keeps the last one for the events of the deletion. */
const deletedRow = z.object({ lastUid: z.string().nullable().default(null) });

/** Parses the stream image of an endpoint. Throws if the row has another form. */
export const readCatalogedEndpoint = (row: Row): CatalogedEndpoint => {
  const { item, deletedAt, rev } = readEndpoint(row);
  return { ...item, uid: item.uid ?? deletedRow.parse(row).lastUid, deletedAt, rev };
};
