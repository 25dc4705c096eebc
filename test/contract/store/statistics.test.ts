import { beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeEndpointPlaces } from '../../../functions/replay/statistics/endpoint-places.dynamo.ts';
import type {
  EndpointPlace,
  TaskResults,
} from '../../../functions/replay/statistics/statistics-page.flow.ts';
import { makeTaskResults } from '../../../functions/replay/statistics/task-results.dynamo.ts';
import { makeMemoryResults } from '../../support/memory/task-results.ts';
import { NOON, newApplication, newEndpoint, uniqueIds } from '../../support/simulation/builders.ts';
import { LATER, freshOrg, freshTable, storesOf } from './catalog.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await freshTable();
});

describe.each<[string, () => TaskResults]>([
  ['in memory', makeMemoryResults],
  ['on DynamoDB', () => makeTaskResults(catalog.client, catalog.table)],
])('results of tasks %s', (_, make) => {
  it('are read in parts as they were written last, and belong to one task of one organization', async () => {
    const results = make();
    const task = { orgId: freshOrg(), id: uniqueIds.task(NOON) };
    const large = JSON.stringify(Array.from({ length: 5_000 }, (__, index) => `event.type.${index}`));
    await results.put(task, 0, '["first"]', NOON);
    await results.put(task, 1, large, NOON);
    await results.put(task, 0, '["again"]', NOON);
    expect(await results.read(task, 2)).toEqual(['["again"]', large]);
    expect(await results.read(task, 1)).toEqual(['["again"]']);
    expect(await results.read(task, 0)).toEqual([]);
    const foreign = { ...task, orgId: freshOrg() };
    await results.put(foreign, 0, '["foreign"]', NOON);
    expect(await results.read(task, 1)).toEqual(['["again"]']);
  });
});

describe('endpoints that an application has or had', () => {
  it('are listed by id from page to page, and one that is deleted meanwhile keeps its place', async () => {
    const { applications, endpoints } = storesOf(catalog);
    const application = newApplication({ orgId: freshOrg() });
    const { orgId, id } = application;
    await applications.create(application);
    const made = Array.from({ length: 40 }, (_, index) =>
      newEndpoint(id, { orgId, eventTypes: index % 2 === 0 ? null : ['a'] }),
    );
    for (const one of made) await endpoints.create(one);
    for (const one of made.filter((__, index) => index % 3 === 0))
      await endpoints.remove(orgId, id, one.id, LATER);
    const places = makeEndpointPlaces(catalog.client, catalog.table, 10);
    const found: EndpointPlace[] = [];
    let page = await places(orgId, id, null);
    found.push(...page.items);
    expect(page.done).toBe(false);
    const isFound = (one: { readonly id: string }) => found.some((place) => place.id === one.id);
    const [early, late] = [
      made.find((one, index) => index % 3 !== 0 && isFound(one))!,
      made.findLast((one, index) => index % 3 !== 0 && !isFound(one))!,
    ];
    for (const one of [early, late]) await endpoints.remove(orgId, id, one.id, LATER);
    while (!page.done) {
      page = await places(orgId, id, found.at(-1)!.id);
      found.push(...page.items);
    }
    expect(found.map((one) => one.id)).toEqual(made.map((one) => one.id).toSorted());
    expect(found.find((one) => one.id === late.id)?.deletedAt).toBe(LATER);
    expect(found.find((one) => one.id === made[1]!.id)).toMatchObject({
      ...{ createdAt: made[1]!.createdAt, deletedAt: null, eventTypes: ['a'] },
    });
  });
});
