import { expect, it } from 'vitest';
import { makeExpireDeleted } from '../../../functions/catalog/applications/expire-deleted.dynamo.ts';
import { DELETED_ROW_SECONDS } from '../../../functions/platform/limits/retention.domain.ts';
import { newApplication, newEndpoint } from '../../support/simulation/builders.ts';
import { scanPages } from '../../support/scan-pages.ts';
import { LATER, freshOrg, freshTable, storesOf } from './catalog.ts';

it('every row that a deleted application leaves expires, and none of those beside it', async () => {
  const catalog = await freshTable();
  const { applications, endpoints } = storesOf(catalog);
  const orgId = freshOrg();
  const create = async () => {
    const application = newApplication({ orgId });
    await applications.create(application);
    const [one, gone] = [
      newEndpoint(application.id, { orgId, uid: 'main' }),
      newEndpoint(application.id, { orgId }),
    ];
    for (const endpoint of [one, gone]) await endpoints.create(endpoint);
    await endpoints.remove(orgId, application.id, gone.id, LATER);
    return application.id;
  };
  const [live, deleted] = [await create(), await create()];
  await applications.remove(orgId, deleted, LATER);
  const expire = makeExpireDeleted(catalog.client, catalog.table);
  await expire({ orgId, appId: deleted }, LATER);
  await expire({ orgId, appId: deleted }, LATER);
  const expiries = new Map<string, unknown>();
  for await (const page of scanPages(catalog.client, catalog.table))
    for (const { pk, sk, ttl } of page) expiries.set(`${String(pk)} ${String(sk)}`, ttl);
  const of = (appId: string) => [...expiries].filter(([key]) => key.includes(`#a#${appId}`));
  expect(of(deleted)).toHaveLength(8);
  const ttl = Math.ceil(LATER / 1_000) + DELETED_ROW_SECONDS;
  expect(of(deleted).map(([, found]) => Number(found))).toEqual(of(deleted).map(() => ttl));
  // Of the application that exists, the deleted endpoint alone.
  expect(
    of(live)
      .filter(([, found]) => found !== undefined)
      .map(([key]) => key),
  ).toEqual([expect.stringContaining(' gone#')]);
});
