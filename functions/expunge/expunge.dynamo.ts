import * as z from 'zod';
import type { ContentRows } from './expunge.flow.ts';
import { attemptKey, responseKey } from '../deliver/attempts/attempt-row.ts';
import { pack } from '../platform/codec/codec.ts';
import { messageKeys } from '../platform/dynamodb/keys.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import type { Place } from '../platform/dynamodb/table.ts';
import { updateRow } from '../platform/dynamodb/update-row.ts';
import type { Update } from '../platform/dynamodb/update-row.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

/** The text that replaces an expunged response, as the contract has it. */
const EXPUNGED = 'EXPUNGED';

/** `gk`: the key of the S3 object that held the payload; it stays so that a repeat can delete the object. */
const expungedRow = z.object({ gk: z.string().optional() });

export interface ContentTables {
  readonly client: DynamoClient;
  readonly messages: string;
  readonly deliveries: string;
}

/** Updates an existing row; its `row` is undefined if TTL or a wipe deleted it. */
const updateExisting = (client: DynamoClient, place: Place, update: Omit<Update, 'condition'>) =>
  updateRow(client, place, { ...update, condition: 'attribute_exists(pk)' });

/** Contents are in two places: payloads in message rows, responses in the log of attempts. */
export const makeContentRows = ({ client, messages, deliveries }: ContentTables): ContentRows => ({
  async removePayload({ orgId, appId, id, payload }, by) {
    const sets = {
      ...(payload.kind === 'object' && { gk: payload.key }),
      ...(by !== null && { xb: by }),
    };
    const assigned = Object.keys(sets).map((name) => `${name} = :${name}`);
    const values = Object.fromEntries(Object.entries(sets).map(([name, value]) => [`:${name}`, value]));
    const place = { table: messages, key: messageKeys.message(orgId, appId, id) };
    const { row } = await updateExisting(client, place, {
      expression: `${assigned.length === 0 ? '' : `SET ${assigned.join(', ')} `}REMOVE p, k`,
      ...(assigned.length > 0 && { values }),
    });
    return row === undefined ? null : (expungedRow.parse(row).gk ?? null);
  },

  async overwriteResponse(attempt) {
    const overwrite = (key: Key) =>
      updateExisting(
        client,
        { table: deliveries, key },
        {
          // Headers may repeat what the body says.
          expression: 'SET b = :response REMOVE h, hz',
          values: { ':response': pack(Buffer.from(EXPUNGED)) },
        },
      );
    // One write erases it wherever it is, so no crash can leave a part.
    const apart = await overwrite(responseKey(attempt));
    if (!apart.written) await overwrite(attemptKey(attempt));
  },
});
