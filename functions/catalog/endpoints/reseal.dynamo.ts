import * as z from 'zod';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { getRow } from '../../platform/dynamodb/table.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { appId, orgId } from '../../platform/ids/brand.domain.ts';
import { HARD_ENDPOINT_LIMITS } from '../../platform/limits/endpoints.domain.ts';
import type { Seal } from '../../platform/secrets/seal.ts';
import { decideAndWrite } from '../commit.dynamo.ts';
import type { Catalog } from '../commit.dynamo.ts';
import { putOver, renewRevision } from '../writes.ts';
import { NO_GROWTH } from './endpoint-size.domain.ts';

const secret = z.looseObject({ sealed: z.instanceof(Uint8Array) });
/** What this needs of the row of an endpoint, live or deleted. */
const endpointRow = z.looseObject({
  type: z.literal('ep'),
  sk: z.string(),
  orgId: z.string().transform(orgId),
  appId: z.string().transform(appId),
  id: z.string(),
  rev: z.union([z.number(), z.bigint()]).transform(BigInt),
  secret,
  oldSecrets: z.array(secret),
});

type Resealing = Pick<Seal, 'isNewest' | 'open' | 'seal'>;

/** The sealed secrets of a row of Catalog; none if it is not the row of an endpoint. */
export const sealedSecretsIn = (row: Row): readonly Uint8Array[] => {
  const parsed = endpointRow.safeParse(row);
  if (!parsed.success) return [];
  return [parsed.data.secret, ...parsed.data.oldSecrets].map(({ sealed }) => sealed);
};

/**
 * Seals the secrets of an endpoint with the newest main secret, if its row was not changed meanwhile (then again from the
 * changed row). Renews the revision of the application, so that no cached snapshot keeps an old sealed value, and changes
 * no other field, so that nothing is announced. Returns whether there was anything to seal.
 */
export const makeReseal = (catalog: Catalog, seal: Resealing) => {
  const { client, table } = catalog;

  const write = (key: Key, renews: boolean) =>
    decideAndWrite<Row | undefined, 'sealed' | 'nothing' | 'application-gone'>(
      catalog,
      () => getRow(client, { table, key }),
      (found, rev) => {
        const parsed = endpointRow.safeParse(found);
        if (found === undefined || !parsed.success) return { answer: 'nothing' };
        const row = parsed.data;
        if (sealedSecretsIn(found).every((sealed) => seal.isNewest(sealed))) return { answer: 'nothing' };
        const again = (one: z.output<typeof secret>) => ({
          ...one,
          sealed: seal.seal(seal.open(one.sealed, row.id), row.id),
        });
        const item = { ...found, secret: again(row.secret), oldSecrets: row.oldSecrets.map(again), rev };
        const change = { from: row.rev, to: rev, growth: NO_GROWTH, limits: HARD_ENDPOINT_LIMITS };
        return {
          answer: 'sealed',
          writes: [
            putOver(table, item, row.rev),
            ...(renews ? renewRevision(table, row.orgId, row.appId, change) : []),
          ],
          refused: { 'application-gone': 'application-gone' },
        };
      },
    );

  return async (key: Key): Promise<boolean> => {
    const isLive = key.sk.startsWith('ep#');
    const outcome = await write(key, isLive);
    // A deleted application has no snapshots.
    return (outcome === 'application-gone' ? await write(key, false) : outcome) === 'sealed';
  };
};
