import * as z from 'zod';
import type { DynamoClient } from '../platform/aws/command.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { updateRow } from '../platform/dynamodb/update-row.ts';
import type { Seal } from '../platform/secrets/seal.ts';

/** A stored response (idempotency.dynamo.ts); its partition key is the additional data of its encryption. */
const answerRow = z.looseObject({
  type: z.literal('once'),
  pk: z.string(),
  sk: z.string(),
  b: z.instanceof(Uint8Array),
});

/** The sealed response of a row of Control; undefined if it has none. */
export const sealedAnswerIn = (row: Row): Uint8Array | undefined => {
  const parsed = answerRow.safeParse(row);
  return parsed.success ? parsed.data.b : undefined;
};

/** Seals a stored response with the newest main secret, unless it changed or expired meanwhile. */
export const makeResealAnswer =
  (client: DynamoClient, table: string, seal: Pick<Seal, 'isNewest' | 'open' | 'seal'>) =>
  async (row: Row): Promise<boolean> => {
    const parsed = answerRow.safeParse(row);
    if (!parsed.success || seal.isNewest(parsed.data.b)) return false;
    const { pk, sk, b } = parsed.data;
    const { written } = await updateRow(
      client,
      { table, key: { pk, sk } },
      {
        expression: 'SET b = :new',
        condition: 'b = :old',
        values: { ':new': seal.seal(seal.open(b, pk), pk), ':old': b },
      },
    );
    return written;
  };
