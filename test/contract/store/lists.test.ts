import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page, PageRequest } from '../../../functions/platform/pages/page.ts';
import { NOON, newApplication, newEndpoint, uniqueIds } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import type { Stores } from './adapters.ts';
import { freshOrg } from './catalog.ts';

const COUNT = 23;
/** What functions/platform/pages/page.ts promises, on a plain array. */
const model = (all: readonly string[], { limit, cursor, order }: PageRequest): Page<string> => {
  const sorted = order === 'ascending' ? [...all].sort() : [...all].sort().reverse();
  const walked = cursor?.direction === 'previous' ? sorted.toReversed() : sorted;
  const ascending = (order === 'ascending') === (cursor?.direction !== 'previous');
  const beyond = walked.filter((id) => cursor === null || (ascending ? id > cursor.id : id < cursor.id));
  const items = beyond.slice(0, limit);
  return {
    items: cursor?.direction === 'previous' ? items.toReversed() : items,
    done: beyond.length <= limit,
  };
};

/** Pages with cursors of the list's own uniqueIds and of uniqueIds that never existed, before, inside and after the list. */
const pages = (own: () => readonly string[], foreign: () => string): fc.Arbitrary<PageRequest> =>
  fc.record({
    limit: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 1, 249, 250)),
    order: fc.constantFrom('ascending', 'descending'),
    cursor: fc.option(
      fc.record({
        id: fc.oneof(
          fc.nat(40).map((index) => own()[index % own().length] ?? ''),
          fc.constant(null).map(foreign),
        ),
        direction: fc.constantFrom('next', 'previous'),
      }),
      { nil: null },
    ),
  });

const idsOf = ({ items, ...page }: Page<{ readonly id: string }>) => ({
  ...page,
  items: items.map(({ id }) => id),
});

describe.each(ADAPTERS)('paged list %s', (_, makeStores) => {
  const orgId = freshOrg();
  const application = newApplication({ orgId });
  const known = { applications: [application.id as string], endpoints: [] as string[] };
  let stores: Stores;

  beforeAll(async () => {
    stores = await makeStores();
    await stores.applications.create(application);
    for (let index = 0; index < COUNT; index += 1) {
      const endpoint = newEndpoint(application.id, { orgId });
      await stores.endpoints.create(endpoint);
      const sibling = newApplication({ orgId });
      await stores.applications.create(sibling);
      if (index % 3 === 0) {
        await stores.endpoints.remove(orgId, application.id, endpoint.id, NOON);
        await stores.applications.remove(orgId, sibling.id, NOON);
      } else {
        known.endpoints.push(endpoint.id);
        known.applications.push(sibling.id);
      }
    }
  });

  it('of applications equals a sorted array cut into pages', async () => {
    const anyPage = pages(
      () => known.applications,
      () => uniqueIds.app(NOON + 1_000),
    );
    await fc.assert(
      fc.asyncProperty(anyPage, async (page) => {
        expect(idsOf(await stores.applications.list(orgId, page))).toEqual(model(known.applications, page));
      }),
      { numRuns: 150 },
    );
  });

  it('of endpoints equals a sorted array without removed endpoints, cut into full pages', async () => {
    const anyPage = pages(
      () => known.endpoints,
      () => uniqueIds.endpoint(NOON - 1_000),
    );
    await fc.assert(
      fc.asyncProperty(anyPage, async (page) => {
        const listed = await stores.endpoints.list(orgId, application.id, page);
        expect(idsOf(listed)).toEqual(model(known.endpoints, page));
      }),
      { numRuns: 150 },
    );
  });
});
