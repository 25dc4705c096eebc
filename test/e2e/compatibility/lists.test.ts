import { describe, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import type { Body, Tenant } from '../../support/api.ts';

/** Pagination through lists of a thousand items, in both directions, while new items are created. */
const ITEMS = 1_000;
const AT_ONCE = 20;

interface Kind {
  readonly name: string;
  readonly path: string;
  readonly create: (tenant: Tenant) => Promise<Body>;
}

const kinds: readonly Kind[] = [
  {
    name: 'messages',
    path: '/app/acme/msg?with_content=false',
    create: (tenant) => tenant.ask('POST', '/app/acme/msg', { eventType: 'a', payload: {} }),
  },
  {
    name: 'applications',
    path: '/app?order=descending',
    create: (tenant) => tenant.ask('POST', '/app', { name: 'x' }),
  },
  {
    name: 'endpoints',
    path: '/app/acme/endpoint?order=descending',
    create: (tenant) =>
      tenant.ask('POST', '/app/acme/endpoint', { url: 'https://example.com', disabled: true }),
  },
];

const createMany = async (tenant: Tenant, kind: Kind): Promise<readonly string[]> => {
  const ids: string[] = [];
  while (ids.length < ITEMS) {
    const made = await Promise.all(Array.from({ length: AT_ONCE }, () => kind.create(tenant)));
    ids.push(...made.map(({ id }) => String(id)));
  }
  return ids.toSorted().toReversed();
};

/** Follows one of the two cursors to the end of the list and creates one item after each page. */
const walk = async (
  tenant: Tenant,
  kind: Kind,
  cursor: 'iterator' | 'prevIterator',
  from: string | null,
): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let at = from; ;) {
    const page = await tenant.ask('GET', `${kind.path}&limit=130${at === null ? '' : `&iterator=${at}`}`);
    const data: Body[] = page['data'];
    const found = data.map(({ id }) => String(id));
    if (cursor === 'iterator') ids.push(...found);
    else ids.unshift(...found);
    if (page['done'] === true) return ids;
    at = String(page[cursor]);
    await kind.create(tenant);
  }
};

describe.each(kinds)('pagination of $name', (kind) => {
  it('returns every item once and in order, in both directions, while new items are created', async () => {
    const tenant = await freshTenant();
    await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
    const ids = await createMany(tenant, kind);
    const expected = new Set(ids);
    const onlyExpected = (seen: readonly string[]) => seen.filter((id) => expected.has(id));

    const forward = await walk(tenant, kind, 'iterator', null);
    expect(onlyExpected(forward)).toEqual(ids);
    expect(new Set(forward).size).toBe(forward.length);

    const oldest = forward.at(-1)!;
    const back = await walk(tenant, kind, 'prevIterator', `-${oldest}`);
    expect(onlyExpected([...back, oldest])).toEqual(onlyExpected(forward));
    expect(back.length).toBeGreaterThanOrEqual(forward.length - 1);
    expect(back).toEqual(back.toSorted().toReversed());
  });
});
