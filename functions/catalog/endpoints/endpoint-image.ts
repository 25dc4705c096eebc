import * as z from 'zod';
import type { CatalogedEndpoint } from './endpoint.domain.ts';
import { readEndpoint } from '../items.ts';
import type { Row } from '../../platform/dynamodb/table.ts';

/** A deleted endpoint gave its uid free; its row remembers which one that was. */
const memory = z.object({ lastUid: z.string().nullable().default(null) });

/** An endpoint's row as announcing needs it. Throws where the row has another form. */
export const readCatalogedEndpoint = (row: Row): CatalogedEndpoint => {
  const { item, deletedAt, rev } = readEndpoint(row);
  return { ...item, uid: item.uid ?? memory.parse(row).lastUid, deletedAt, rev };
};
