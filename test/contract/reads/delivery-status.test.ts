import { beforeAll, describe, expect, it } from 'vitest';
import type { Attempt, Decision } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { EndpointId, MessageId } from '../../../functions/platform/ids/brand.domain.ts';
import type { EndpointMessageQuery } from '../../../functions/read-models/delivery-status.port.ts';
import type { Cursor, Page } from '../../../functions/platform/pages/page.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
import { makeDestinations } from '../../../functions/read-models/destinations.dynamo.ts';
import { makeEndpointMessages } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { APP, ENDPOINT, MESSAGE, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { freshTable } from './tables.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { emulatorDynamo } from '../emulator.ts';

let client: DynamoClient;
beforeAll(() => {
  client = emulatorDynamo();
});

const ids = seededIds(21);
/** Ids of one source only increase, so messages have their own source. */
const messageIds = seededIds(23);
const random = makeRandom(22);
const NEXT: Decision = { kind: 'retry', at: NOON + 60_000 };
const FAILED: Decision = { kind: 'exhausted' };
const DONE: Decision = { kind: 'succeeded' };
const HISTORIES = { sending: [NEXT, NEXT], failed: [NEXT, FAILED], succeeded: [NEXT, DONE] } as const;
type Outcome = keyof typeof HISTORIES;

const historyOf = (
  messageId: MessageId,
  endpointId: EndpointId,
  decisions: readonly Decision[],
  channel: string,
) =>
  decisions.map((decision, index) =>
    attempt({
      ...{ messageId, endpointId, decision, succeeded: decision.kind === 'succeeded' },
      id: ids.attempt(NOON + index * 100),
      trigger: { kind: 'scheduled', number: index + 1 },
      channels: [channel],
      tags: [channel, 'every'],
    }),
  );

/** All items of a list, page by page from one end to the other. */
const walk = async <Item>(
  read: (cursor: Cursor | null) => Promise<Page<Item>>,
  idOf: (item: Item) => string,
  direction: Cursor['direction'],
  start: string | null,
) => {
  const found: Item[] = [];
  let cursor: Cursor | null = start === null ? null : { id: start, direction };
  for (let pages = 0; pages < 50; pages += 1) {
    const { items, done, resumeAt } = await read(cursor);
    if (direction === 'next') found.push(...items);
    else found.unshift(...items);
    if (done) return found;
    const last = resumeAt ?? idOf((direction === 'next' ? items.at(-1) : items[0])!);
    cursor = { id: last, direction };
  }
  throw new Error('the list has no end');
};

describe('attempted messages of an endpoint', () => {
  const outcomes = new Map<MessageId, { outcome: Outcome; channel: string }>();
  let list: (query: Partial<EndpointMessageQuery>) => Promise<Page<{ messageId: MessageId }>>;

  beforeAll(async () => {
    const views = await freshTable(client);
    const project = makeProject(makeViews(client, views, makeInsertNew(client, views)));
    const attempts: Attempt[] = [];
    for (let index = 0; index < 60; index += 1) {
      const outcome = (['sending', 'failed', 'succeeded'] as const)[random.below(3)]!;
      const channel = index % 20 === 0 ? 'rare' : 'common';
      const messageId = messageIds.message(NOON - (60 - index) * 1000);
      outcomes.set(messageId, { outcome, channel });
      attempts.push(...historyOf(messageId, ENDPOINT, HISTORIES[outcome], channel));
    }
    await project(random.shuffled(attempts));
    const read = makeEndpointMessages({ client, deliveries: await freshTable(client), views });
    const all = {
      limit: 7,
      cursor: null,
      before: null,
      after: null,
      progress: null,
      ...{ messageId: null, causes: null, statusCodes: null },
      channel: null,
      tag: null,
      eventTypes: null,
    };
    list = (query) => read(ORG, APP, ENDPOINT, { ...all, ...query }, NOON + 1000);
  });

  const newestFirst = (keep: (of: { outcome: Outcome; channel: string }) => boolean) =>
    [...outcomes]
      .filter(([, of]) => keep(of))
      .map(([id]) => id)
      .toReversed();
  const walkAll = async (query: Partial<EndpointMessageQuery>, direction: Cursor['direction'] = 'next') => {
    const start = direction === 'next' ? null : seededIds(24).message(NOON - 90_000);
    const found = await walk(
      (cursor) => list({ ...query, cursor }),
      (item) => item.messageId,
      direction,
      start,
    );
    return found.map(({ messageId }) => messageId);
  };

  it('are listed newest first in pages that can be walked in both directions', async () => {
    expect(await walkAll({})).toEqual(newestFirst(() => true));
    expect(await walkAll({}, 'previous')).toEqual(newestFirst(() => true));
  });

  it.each(['sending', 'failed', 'succeeded'] as const)('are found by the status %s', async (progress) => {
    expect(await walkAll({ progress })).toEqual(newestFirst(({ outcome }) => outcome === progress));
  });

  it('are filtered by channel, tag, event type and time', async () => {
    expect(await walkAll({ tag: 'rare' })).toEqual(newestFirst(({ channel }) => channel === 'rare'));
    expect(await walkAll({ tag: 'every' })).toEqual(newestFirst(() => true));
    expect(await walkAll({ tag: 'none' })).toEqual([]);
    expect(await walkAll({ channel: 'rare' })).toEqual(newestFirst(({ channel }) => channel === 'rare'));
    expect(await walkAll({ eventTypes: ['other'] })).toEqual([]);
    const [before, after] = [NOON - 20_000, NOON - 40_000];
    const inside = newestFirst(() => true).slice(20, 40);
    expect(await walkAll({ before, after, eventTypes: ['invoice.paid'] })).toEqual(inside);
  });
});

describe('attempted destinations of a message', () => {
  it('are ordered by id, with their latest attempt, in pages that can be walked in both directions', async () => {
    const [deliveries, views] = [await freshTable(client), await freshTable(client)];
    const project = makeProject(makeViews(client, views, makeInsertNew(client, views)));
    const endpoints = Array.from({ length: 11 }, () => ids.endpoint(NOON)).sort();
    const latest: string[] = [];
    for (const endpointId of endpoints) {
      // More attempts than one read returns, and a resend whose key sorts last although it is not the newest.
      const history = historyOf(
        MESSAGE,
        endpointId,
        Array.from({ length: 9 }, () => NEXT),
        'eu',
      );
      const resend = attempt({
        ...history[3]!,
        trigger: { kind: 'manual', request: 'r' },
        id: ids.attempt(NOON + 350),
      });
      await project([...history, resend]);
      for (const one of [...history, resend]) {
        await client.send(
          new PutCommand({
            TableName: deliveries,
            Item: attemptRows(one).row,
          }),
        );
      }
      latest.push(
        history
          .map(({ id }) => id)
          .concat(resend.id)
          .sort()
          .at(-1)!,
      );
    }
    // Reads return parts of endpoints, or several of them: pages may be shorter than their limit, and no endpoint is
    // returned in part.
    const cases = [[1], [50], [11, 1, 50], [50, 1, 4], [4, 2, 13]];
    for (const [limit = 0, mostReads, readRows] of cases) {
      const read = makeDestinations({ client, deliveries, views }, mostReads, readRows);
      const page = (cursor: Cursor | null) => read(ORG, APP, MESSAGE, { limit, cursor });
      const down = await walk(page, (one) => one.endpointId, 'next', null);
      expect(down.map(({ endpointId, lastAttemptId }) => [endpointId, lastAttemptId])).toEqual(
        endpoints.map((endpointId, index) => [endpointId, latest[index]]),
      );
      const beyondEnd = ids.endpoint(NOON + 10_000);
      const up = await walk(page, (one) => one.endpointId, 'previous', beyondEnd);
      expect(up.map(({ lastAttemptId }) => lastAttemptId)).toEqual(latest);
    }
  });

  it('have the state from the read model where an endpoint has more attempts than one read returns', async () => {
    const [deliveries, views] = [await freshTable(client), await freshTable(client)];
    const project = makeProject(makeViews(client, views, makeInsertNew(client, views)));
    const [long, next] = [ids.endpoint(NOON), ids.endpoint(NOON + 4)];
    const [first] = historyOf(MESSAGE, long, [NEXT], 'eu');
    const attempts = Array.from({ length: 51 }, (_, index) =>
      attempt({ ...first!, trigger: { kind: 'manual', request: `${index}` }, id: ids.attempt(NOON + index) }),
    );
    const all = [...attempts, ...historyOf(MESSAGE, next, [DONE], 'eu')];
    await project(all);
    for (const one of all)
      await client.send(
        new PutCommand({
          TableName: deliveries,
          Item: attemptRows(one).row,
        }),
      );
    const read = makeDestinations({ client, deliveries, views }, 4, 10);
    const page = await read(ORG, APP, MESSAGE, { limit: 10, cursor: null });
    expect(page.done).toBe(true);
    expect(page.items.map(({ endpointId, lastAttemptId }) => [endpointId, lastAttemptId])).toEqual([
      [long, attempts.at(-1)!.id],
      [next, all.at(-1)!.id],
    ]);
  });

  it('continue after unreadable rows, however many there are', async () => {
    const [deliveries, views] = [await freshTable(client), await freshTable(client)];
    const [unreadable, next] = [ids.endpoint(NOON), ids.endpoint(NOON + 4)];
    const rows = [
      ...historyOf(MESSAGE, unreadable, [NEXT, NEXT, NEXT], 'eu').map((one) => ({
        ...attemptRows(one).row,
        v: 99,
      })),
      ...historyOf(MESSAGE, next, [DONE], 'eu').map((one) => attemptRows(one).row),
    ];
    for (const row of rows) await client.send(new PutCommand({ TableName: deliveries, Item: row }));
    const read = makeDestinations({ client, deliveries, views }, 1, 2);
    const found = await walk(
      (cursor) => read(ORG, APP, MESSAGE, { limit: 5, cursor }),
      (one) => one.endpointId,
      'next',
      null,
    );
    expect(found.map(({ endpointId }) => endpointId)).toEqual([next]);
  });
});
