import { parseMessageRow } from '../messages/message-row.ts';
import type { DynamoClient } from '../platform/aws/command.ts';
import { messageKeys } from '../platform/dynamodb/keys.ts';
import { updateRow } from '../platform/dynamodb/update-row.ts';
import type { CancelStore } from './cancel-message.flow.ts';

/** The mark is an attribute of the message's row, which every delivery reads. */
export const makeCancelStore = (client: DynamoClient, table: string): CancelStore => ({
  async markCanceled({ orgId, appId, id }, nowMs, dueAfter) {
    const { row } = await updateRow(
      client,
      { table, key: messageKeys.message(orgId, appId, id) },
      {
        expression: 'SET xc = :now',
        condition: 'd > :due AND attribute_not_exists(xc)',
        values: { ':now': nowMs, ':due': dueAfter },
      },
    );
    return row === undefined ? undefined : parseMessageRow(row);
  },
});
