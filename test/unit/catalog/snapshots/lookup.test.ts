import { describe, expect, it } from 'vitest';
import { row } from '../../../../functions/catalog/items.ts';
import { followUid, listPage } from '../../../../functions/catalog/lookup.dynamo.ts';
import { fakeClient, fakePause } from '../../platform/dynamodb/fake-client.ts';

const KEY = { pk: 'uid', sk: 'uid' };
const reserved = { Item: row(KEY, 'uid', { id: 'app_a' }) };

describe('lookup by uid', () => {
  it('reads again when the reservation is visible before its item', async () => {
    const { client } = fakeClient([reserved]);
    const answers: (string | undefined)[] = [undefined, undefined, 'the item'];
    const found = await followUid({ client, table: 't', pause: fakePause() }, KEY, () =>
      Promise.resolve(answers.shift()),
    );
    expect(found).toBe('the item');
  });

  it('finds nothing when the reservation is gone or its item stays invisible', async () => {
    const none = () => Promise.resolve<string | undefined>(undefined);
    const gone = fakeClient([reserved, {}]);
    expect(
      await followUid({ client: gone.client, table: 't', pause: fakePause() }, KEY, none),
    ).toBeUndefined();
    expect(gone.sent).toHaveLength(2);
    const stuck = fakeClient([reserved]);
    expect(
      await followUid({ client: stuck.client, table: 't', pause: fakePause() }, KEY, none),
    ).toBeUndefined();
    expect(stuck.sent).toHaveLength(4);
  });
});

describe('list page whose filter rejects every item', () => {
  const listing = {
    range: { table: 't', pk: 'p', low: 'a', high: 'z' },
    keyOf: (id: string) => id,
    idOf: ({ id }: { id: string }) => id,
    parse: (item: { readonly [name: string]: unknown }) => ({ id: String(item['sk']) }),
    keep: () => false,
  };
  const read = { Items: [{ pk: 'p', sk: 'm' }], LastEvaluatedKey: { pk: 'p' } };

  it('ends after ten reads with the position to continue from', async () => {
    const { client, sent } = fakeClient([read]);
    const page = await listPage(client, listing, { limit: 5, cursor: null, order: 'ascending' });
    expect(page).toEqual({ items: [], done: false, resumeAt: 'm' });
    expect(sent).toHaveLength(10);
  });

  it('is done at the end of the list', async () => {
    const { client } = fakeClient([read, { Items: [] }]);
    const page = await listPage(client, listing, { limit: 5, cursor: null, order: 'descending' });
    expect(page).toEqual({ items: [], done: true });
  });
});
