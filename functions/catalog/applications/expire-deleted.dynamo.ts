import pLimit from 'p-limit';
import { REVISION_COPIES, catalogKeys } from '../../platform/dynamodb/keys.ts';
import { pagesOf } from '../../platform/dynamodb/table.ts';
import type { Place } from '../../platform/dynamodb/table.ts';
import { updateRow } from '../../platform/dynamodb/update-row.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';
import type { TenantKey } from '../catalog.port.ts';
import { expiryOf } from '../items.ts';

/** Rows that are changed at a time. An application has at most 5,000 endpoints. */
const AT_ONCE = 32;

/**
 * Lets the rows of a deleted application expire with its own: endpoints with their secrets, uids, revisions and marks of
 * tokens, which the deletion itself leaves in place. A repeat writes the same.
 */
export const makeExpireDeleted =
  (client: DynamoClient, table: string) =>
  async ({ orgId, appId }: TenantKey, deletedAt: number): Promise<void> => {
    const limit = pLimit(AT_ONCE);
    const expire = (place: Place) =>
      limit(() =>
        updateRow(client, place, {
          expression: 'SET #ttl = :ttl',
          condition: 'attribute_exists(pk)',
          names: { '#ttl': 'ttl' },
          values: { ':ttl': expiryOf(deletedAt) },
        }),
      );
    const { pk } = catalogKeys.application(orgId, appId);
    // '~' sorts after every character of a sort key's prefix.
    const range = { table, pk, low: ' ', high: '~', forward: true, strong: true };
    for await (const rows of pagesOf(client, range, Number.POSITIVE_INFINITY))
      await settleAll(
        rows
          .filter(({ ttl }) => ttl === undefined)
          .map(({ sk }) => expire({ table, key: { pk, sk: String(sk) } })),
      );
    await settleAll(
      Array.from({ length: REVISION_COPIES }, (_, copy) =>
        expire({ table, key: catalogKeys.applicationRevision(orgId, appId, copy) }),
      ),
    );
  };
