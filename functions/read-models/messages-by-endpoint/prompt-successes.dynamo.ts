import { parseAttemptFacts } from '../../deliver/attempts/attempt-row.ts';
import type { EndpointKey } from '../../deliver/delivery.port.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import { deliveryKeys } from '../../platform/dynamodb/keys.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import type { ReadShard } from '../../platform/dynamodb/sharded-list.ts';
import { RangeTooLong, queryPage } from '../../platform/dynamodb/table.ts';
import type { Row, RowPage } from '../../platform/dynamodb/table.ts';
import type { MessageId } from '../../platform/ids/brand.domain.ts';
import { TICK_MS, idTime } from '../../platform/ids/ids.domain.ts';
import type { IdRange } from '../../platform/ids/time-range.domain.ts';
import { endpointMessageOf } from './endpoint-messages.domain.ts';
import type { EndpointMessage } from './endpoint-messages.domain.ts';
import { PROMPT_MS, isPromptSuccess, promptAttempts, readUpTo } from './prompt-success.domain.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const FIRST = { kind: 'scheduled', number: 1 } as const;

const statesOf = (rows: readonly Row[]): readonly EndpointMessage[] =>
  readableRows(rows, parseAttemptFacts).filter(isPromptSuccess).map(endpointMessageOf);

/** Reads the prompt successes of these messages from the log; those without one are left out. */
export const readPromptSuccesses = async (
  client: DynamoClient,
  deliveries: string,
  { orgId, appId, endpointId }: EndpointKey,
  ids: readonly MessageId[],
): Promise<readonly EndpointMessage[]> => {
  const places = ids.map((id) => ({
    table: deliveries,
    key: deliveryKeys.attempt(orgId, appId, id, endpointId, FIRST),
  }));
  const found = await batchGet(client, places);
  return statesOf(places.map(found).filter((row) => row !== undefined));
};

/** Rows that the first query of a read examines. Each further query examines four times as many, and at most 1 MB. */
const FEWEST_ROWS = 16;
const GROWTH = 4;
const MOST_ROWS = 10_000;
/**
 * Queries of one read: 20 of them examine 1 MB each. A partition takes 1 MB of writes a second, so these are the rows of
 * twice PROMPT_MS, and the read comes to an end.
 */
const MAX_QUERIES = 24;

interface Shard {
  readonly table: string;
  readonly pk: string;
  readonly range: IdRange;
  readonly limit: number;
}

/** Leaves out what cannot be the prompt success of a message in the range. */
const promptIn = ({ above, below }: IdRange) => ({
  expression: 'ok = :yes AND n = :first AND attribute_not_exists(sr) AND m > :above AND m < :below',
  values: { ':yes': true, ':first': FIRST.number, ':above': above, ':below': below },
});

const instant = (id: string, otherwise: number) => idTime(id) ?? otherwise;

/** How long before the bound the range begins, in walking order (ms). */
const reachOf = (bound: string, { above, below, walk }: IdRange): number =>
  walk === 'newest-first'
    ? instant(below, Number.MAX_SAFE_INTEGER) - instant(bound, 0)
    : instant(bound, 0) - instant(above, 0);

/**
 * Reads one shard of the list of attempts as a list of messages: the prompt successes of messages in the range, in the
 * order of message ids. It differs from the order of attempts by at most PROMPT_MS, so the read examines the attempts of
 * that long beyond the messages that it returns.
 */
export const readPromptShard = async (
  client: DynamoClient,
  { table, pk, range, limit }: Shard,
): ReturnType<ReadShard<EndpointMessage>> => {
  const { walk } = range;
  const forward = walk === 'oldest-first';
  const isBefore = (left: string, right: string) => (forward ? left < right : left > right);
  let nearest: readonly EndpointMessage[] = [];
  let missing = range; // where nearer messages may be; shrinks as soon as there are enough
  let after: RowPage['after'];
  for (let queries = 0; queries < MAX_QUERIES; queries += 1) {
    const size = Math.max(limit, FEWEST_ROWS) * GROWTH ** queries;
    const page = await queryPage(
      client,
      {
        ...{ table, pk, forward, ...promptAttempts(missing), strong: true },
        ...{ limit: Math.min(size, MOST_ROWS), filter: promptIn(missing) },
      },
      after,
    );
    nearest = [...nearest, ...statesOf(page.rows)]
      .toSorted((left, right) => (isBefore(left.messageId, right.messageId) ? -1 : 1))
      .slice(0, limit);
    const last = nearest.at(-1)?.messageId;
    const enough = nearest.length === limit && last !== undefined;
    if (enough) missing = forward ? { ...range, below: last } : { ...range, above: last };
    after = page.after;
    if (after === undefined) return { items: nearest, more: enough };
    const bound = readUpTo(String(after['sk']), walk);
    const known = nearest.filter(({ messageId }) => isBefore(messageId, bound));
    if (known.length === limit) return { items: known, more: true };
    // The next read examines the rows of PROMPT_MS again, so this one does not end before it has gone as far.
    const least = queries + 1 < MAX_QUERIES ? PROMPT_MS : TICK_MS;
    if (reachOf(bound, range) >= least) return { items: known, more: true, last: bound };
  }
  throw new RangeTooLong(`more than ${MAX_QUERIES} pages of attempts before a message is known`);
};
