import type { OperationalMessages } from './operational-webhooks.flow.ts';
import { pack } from '../../platform/codec/codec.ts';
import { messageRow } from '../../messages/message-row.ts';
import { putNew } from '../../platform/dynamodb/put-new.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

/** Stores operational webhooks as messages. Their payloads are small, so they are always stored inline. */
export const makeOperationalMessages = (client: DynamoClient, table: string): OperationalMessages => ({
  async store(message, body) {
    const payload = {
      kind: 'inline',
      compressed: pack(Buffer.from(body)),
      bytes: Buffer.byteLength(body),
    } as const;
    await putNew(client, table, messageRow({ ...message, payload }));
  },
});
