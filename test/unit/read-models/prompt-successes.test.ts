import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
import type { Attempt, Decision, Trigger } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { Row } from '../../../functions/platform/dynamodb/table.ts';
import type { EndpointMessageQuery } from '../../../functions/read-models/delivery-status.port.ts';
import { endpointMessagesOf } from '../../../functions/read-models/latest-state.domain.ts';
import {
  endpointMessageOf,
  hasProgress,
  mergeEndpointMessages,
} from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { Progress } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeEndpointMessages } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.dynamo.ts';
import { isPromptSuccess } from '../../../functions/read-models/messages-by-endpoint/prompt-success.domain.ts';
import { endpointAttemptRow, endpointMessageItem } from '../../../functions/read-models/views.dynamo.ts';
import { APP, ENDPOINT, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { timePage } from '../../support/simulation/time-page.ts';
import { BatchGetCommand, QueryCommand } from '../../../functions/platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';

const ROW_BYTES = 550;
const PAGE_ROWS = Math.floor(1_000_000 / ROW_BYTES);
const UNIT_BYTES = 4_096;

const passesFilter = (row: Row, filter: string | undefined, values: Row) =>
  filter === undefined ||
  (row['ok'] === true &&
    row['n'] === 1 &&
    row['sr'] === undefined &&
    String(row['m']) > String(values[':above']) &&
    String(row['m']) < String(values[':below']));

/** Answers queries and gets like DynamoDB, and counts the read units of queries. */
const makeTable = (rows: readonly Row[]) => {
  const byPk = Map.groupBy(rows, ({ pk }) => String(pk));
  for (const some of byPk.values())
    some.sort((left, right) => (String(left['sk']) < String(right['sk']) ? -1 : 1));
  const counts = { queries: 0, units: 0 };
  const query = ({ input }: InstanceType<typeof QueryCommand>) => {
    const values = input.ExpressionAttributeValues!;
    const [low, high] = [String(values[':low']), String(values[':high'])];
    const start = input.ExclusiveStartKey === undefined ? undefined : String(input.ExclusiveStartKey['sk']);
    if (start !== undefined && (start < low || start > high))
      throw new Error('start key outside of the query');
    const forward = input.ScanIndexForward !== false;
    const inside = (byPk.get(String(values[':pk'])) ?? []).filter(
      ({ sk }) => String(sk) >= low && String(sk) <= high,
    );
    const walked = forward ? inside : inside.toReversed();
    const rest = walked.filter(
      ({ sk }) => start === undefined || (forward ? String(sk) > start : String(sk) < start),
    );
    const read = rest.slice(0, Math.min(input.Limit ?? Infinity, PAGE_ROWS));
    counts.queries += 1;
    counts.units += Math.max(1, Math.ceil((read.length * ROW_BYTES) / UNIT_BYTES));
    const last = read.at(-1);
    return {
      Items: read.filter((row) => passesFilter(row, input.FilterExpression, values)),
      ...(read.length < rest.length && last !== undefined
        ? { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } }
        : {}),
    };
  };
  const get = ({ input }: InstanceType<typeof BatchGetCommand>) => ({
    Responses: Object.fromEntries(
      Object.entries(input.RequestItems!).map(([table, { Keys = [] }]) => [
        table,
        Keys.flatMap(({ pk, sk }) => (byPk.get(String(pk)) ?? []).filter((row) => row['sk'] === sk)),
      ]),
    ),
  });
  const send = async (command: unknown) => {
    if (command instanceof QueryCommand) return query(command);
    if (command instanceof BatchGetCommand) return get(command);
    throw new Error('not a read');
  };
  return { client: { send } as unknown as DynamoClient, counts };
};

/** The rows that the projection writes for these attempts, and their log. */
const rowsOf = (attempts: readonly Attempt[]): readonly Row[] => [
  ...attempts.map(endpointAttemptRow),
  ...endpointMessagesOf(attempts).map(endpointMessageItem),
  ...attempts.map((one) => attemptRows(one).row),
];

const listOf = (attempts: readonly Attempt[]) => {
  const { client, counts } = makeTable(rowsOf(attempts));
  const messages = makeEndpointMessages({ client, deliveries: 'log', views: 'views' });
  const list = (query: Partial<EndpointMessageQuery>, nowMs: number) =>
    messages(ORG, APP, ENDPOINT, { ...EVERY, ...query }, nowMs);
  return { list, counts };
};

const EVERY: EndpointMessageQuery = {
  ...{ limit: 50, cursor: null, before: null, after: null },
  ...{ progress: null, channel: null, tag: null, eventTypes: null },
  ...{ messageId: null, causes: null, statusCodes: null },
};

/** The states of all messages, folded from every attempt. */
const statesOf = (attempts: readonly Attempt[]) =>
  [...Map.groupBy(attempts, ({ messageId }) => messageId).values()].map((some) => ({
    ...some.map(endpointMessageOf).reduce(mergeEndpointMessages),
    id: some[0]!.messageId,
  }));

interface Delivered {
  readonly at: number;
  readonly lag: number;
  readonly kind: 'prompt' | 'failing' | 'resent' | 'resent-failing' | 'canceled-too' | 'replayed';
  readonly tag: boolean;
}

const RETRY: Decision = { kind: 'retry', at: NOON + 3_600_000 };
const MANUAL: Trigger = { kind: 'manual', request: 'r' };

let seed = 0;
/** An id of exactly this instant. */
const newIds = () => seededIds((seed += 1));

const attemptsOf = ({ at, lag, kind, tag }: Delivered): readonly Attempt[] => {
  const messageId = newIds().message(NOON + at);
  const one = (after: number, some: Partial<Attempt>) => {
    const instant = NOON + at + after;
    const tags = tag ? ['vip'] : null;
    return attempt({ messageId, id: newIds().attempt(instant), at: instant, tags, response: '', ...some });
  };
  const failed = { succeeded: false, responseStatusCode: 500 };
  const first = one(lag, {});
  switch (kind) {
    case 'prompt':
      return [first];
    case 'failing':
      return [1, 2, 3].map((number) =>
        one(lag * number, { ...failed, decision: RETRY, trigger: { kind: 'scheduled', number } }),
      );
    case 'resent':
      return [first, one(lag + 8_000, { trigger: MANUAL })];
    case 'resent-failing':
      return [first, one(lag + 8_000, { ...failed, trigger: MANUAL, decision: { kind: 'manual-failed' } })];
    case 'canceled-too':
      return [
        first,
        one(lag + 40, {
          ...failed,
          cause: 'canceled:endpoint_disabled',
          decision: { kind: 'canceled', reason: 'endpoint_disabled' },
        }),
      ];
    case 'replayed':
      return [
        one(lag, {
          ...failed,
          cause: 'canceled:endpoint_disabled',
          decision: { kind: 'canceled', reason: 'endpoint_disabled' },
        }),
        one(lag + 400, { trigger: { kind: 'scheduled', number: 1, series: first.id } }),
      ];
  }
};

const KINDS = [
  'prompt',
  'prompt',
  'prompt',
  'failing',
  'resent',
  'resent-failing',
  'canceled-too',
  'replayed',
] as const;
const delivered = (spanMs: number) =>
  fc.record<Delivered>({
    at: fc.nat({ max: spanMs / 4 }).map((tick) => tick * 4),
    // Before the message, as where clocks differ; at the boundary; and beyond it.
    lag: fc
      .oneof(fc.integer({ min: -2, max: 3_000 }), fc.constantFrom(9_996, 10_000, 10_004, 12_000, 15_000))
      .map((lag) => lag - (lag % 4)),
    kind: fc.constantFrom(...KINDS),
    tag: fc.boolean(),
  });
const histories = fc
  .tuple(fc.constantFrom(400, 20_000, 600_000, 86_400_000), fc.integer({ min: 0, max: 250 }))
  .chain(([spanMs, count]) => fc.array(delivered(spanMs), { minLength: count, maxLength: count }));

const PROGRESS: readonly (Progress | null)[] = [
  null,
  null,
  'succeeded',
  'failed',
  'canceled',
  'unsuccessful',
  'sending',
];
const choices = fc.record({
  limit: fc.integer({ min: 1, max: 40 }),
  walk: fc.constantFrom('next' as const, 'previous' as const),
  progress: fc.constantFrom(...PROGRESS),
  tag: fc.constantFrom(null, null, 'vip'),
  from: fc.nat(),
  bounded: fc.boolean(),
});

const NOW = NOON + 90_000_000;

describe('list of the messages of an endpoint', () => {
  it('has the pages of a sorted list, though prompt successes are only in the list of attempts', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(choices, { minLength: 8, maxLength: 8 }),
        async (some, queries) => {
          const attempts = some.flatMap(attemptsOf);
          const states = statesOf(attempts);
          const { list } = listOf(attempts);
          for (const { limit, walk, progress, tag, from, bounded } of queries) {
            const accepts = (state: (typeof states)[number]) =>
              (progress === null || hasProgress(state, progress, NOW)) &&
              (tag === null || state.tags?.includes(tag) === true);
            const start = states[from % (states.length + 1)]?.id;
            const query = {
              limit,
              cursor: start === undefined ? null : { id: start, direction: walk },
              before: bounded ? NOON + 300_000 : null,
              after: bounded ? NOON + 100 : null,
            };
            const { items, done } = await list({ ...query, progress, tag }, NOW);
            const expected = timePage('msg_', states, query, NOW, accepts);
            expect({ items, done }).toEqual({
              items: expected.items.map(({ id: _, ...state }) => state),
              done: expected.done,
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('writes a row for every message whose only attempt is not a prompt success, and for no other', () => {
    fc.assert(
      fc.property(delivered(60_000), (one) => {
        const attempts = attemptsOf(one);
        const isPrompt = one.kind === 'prompt' && one.lag >= 0 && one.lag <= 10_000;
        expect(endpointMessagesOf(attempts).length === 0).toBe(isPrompt);
        if (isPrompt) expect(attempts.every(isPromptSuccess)).toBe(true);
      }),
    );
  });

  it.each([
    ['1', 1, 600, 40],
    ['100', 100, 60, 500],
    ['1,000', 1_000, 24, 2_000],
  ])(
    'costs a bounded number of read units for a page at %s messages a second',
    async (_, rate, seconds, most) => {
      const count = rate * seconds;
      const ids = [seededIds(7), seededIds(8)] as const;
      const attempts = Array.from({ length: count }, (__, index) => {
        const at = NOON + Math.floor((index * 1_000) / rate);
        return attempt({ messageId: ids[0].message(at), id: ids[1].attempt(at + 300), at: at + 300 });
      });
      const middle = attempts[Math.floor(count / 2)]!.messageId;
      for (const direction of ['next', 'previous'] as const) {
        const { list, counts } = listOf(attempts);
        const { items } = await list({ cursor: { id: middle, direction } }, NOON + seconds * 1_000);
        expect(items).toHaveLength(50);
        expect(counts.units).toBeLessThanOrEqual(most);
      }
    },
  );
});
