import { isExpected, newestEndpointId } from '../../deliver/attempts/attempt-index.domain.ts';
import { isInIndex } from '../../deliver/attempts/attempt-row.ts';
import type { AppId, AttemptId, EndpointId, MessageId, OrgId } from '../../platform/ids/brand.domain.ts';
import { idRange } from '../../platform/ids/time-range.domain.ts';
import type { IdRange } from '../../platform/ids/time-range.domain.ts';
import { readIdShard } from '../../platform/dynamodb/id-shard.ts';
import { ATTEMPTS_BY_TIME } from '../../platform/dynamodb/indexes.ts';
import { SHARDS, deliveryKeys } from '../../platform/dynamodb/keys.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import { listShards } from '../../platform/dynamodb/sharded-list.ts';
import { RangeTooLong, prefixEnd, queryPage } from '../../platform/dynamodb/table.ts';
import type { Row, RowPage } from '../../platform/dynamodb/table.ts';
import type { Page } from '../../platform/pages/page.ts';
import { acceptsAttempt } from '../attempt-filter.domain.ts';
import type { AttemptQuery, AttemptReader } from '../attempts.port.ts';
import { loggedAttempt, makeResponses } from '../responses.dynamo.ts';
import type { LoggedAttempt } from '../responses.dynamo.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

/**
 * Rows of the log that one read takes: more than a message that is not indexed is expected to have, and with the largest
 * responses that are stored in them less than the 1 MB that a read may have.
 */
const READ_ROWS = 500;
/** Reads of the log for one answer. Only attempts that are not indexed are read to their end, and those are few. */
const MOST_READS = 256;

/** Which attempts: of a message, at one endpoint or any (null). */
interface Of {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly messageId: MessageId;
  readonly endpointId: EndpointId | null;
}

const newestFirst = (left: LoggedAttempt, right: LoggedAttempt) =>
  left.attempt.id < right.attempt.id ? 1 : -1;

/** Those in the range that are nearest to where its walk begins, newest first. */
const nearestOf = (
  attempts: readonly LoggedAttempt[],
  range: IdRange,
  count: number,
): readonly LoggedAttempt[] => {
  const inside = attempts
    .filter(({ attempt: { id } }) => id > range.above && id < range.below)
    .toSorted(newestFirst);
  return range.walk === 'newest-first'
    ? inside.slice(0, count)
    : inside.slice(Math.max(0, inside.length - count));
};

/** The attempts of a message: from the log while they are few, else from its index by time. */
export const makeAttemptsByMessage = (
  client: DynamoClient,
  table: string,
  readRows = READ_ROWS,
): Pick<AttemptReader, 'listByMessage' | 'find'> => {
  const responses = makeResponses(client, table);

  const rangeOf = ({ orgId, appId, messageId, endpointId }: Of) => {
    const prefix = endpointId === null ? 'at#' : `at#${endpointId}#`;
    return {
      ...{ table, pk: deliveryKeys.message(orgId, appId, messageId), low: prefix, high: prefixEnd(prefix) },
      ...{ forward: true, strong: true, limit: readRows },
    };
  };

  /**
   * Pages of the log's attempts that are not in the index, `first` among them. At each endpoint they come before those
   * that are, which are passed over. A message has none at all once an expected attempt of it is in the index.
   */
  async function* notIndexed(of: Of, first: RowPage): AsyncGenerator<readonly LoggedAttempt[]> {
    const range = rangeOf(of);
    const last = prefixEnd(`at#${newestEndpointId(of.messageId)}#`);
    const bounded = { ...range, high: range.high < last ? range.high : last };
    let page = first;
    for (let reads = 1; reads < MOST_READS; reads += 1) {
      const found = readableRows(page.rows, loggedAttempt);
      if (found.some(({ row, attempt }) => isInIndex(row) && isExpected(attempt))) return;
      yield found.filter(({ row }) => !isInIndex(row));
      const end = page.rows.at(-1);
      if (page.after === undefined || end === undefined) return;
      const [, endpoint = ''] = String(end['sk']).split('#');
      const low = isInIndex(end) ? prefixEnd(`at#${endpoint}#`) : String(end['sk']);
      if (low >= bounded.high) return;
      page = await queryPage(client, { ...bounded, low }, isInIndex(end) ? undefined : page.after);
    }
    throw new RangeTooLong(`more than ${MOST_READS} reads of attempts that are not indexed`);
  }

  const readIndex = (of: Of, shard: number, range: IdRange, limit: number) =>
    readIdShard(
      client,
      {
        table,
        index: ATTEMPTS_BY_TIME,
        pk: deliveryKeys.timeShard(of.orgId, of.appId, of.messageId, shard),
        ...{ range, limit },
      },
      loggedAttempt,
    );

  /** A page off the index, with what is not in it as one more shard. */
  const listLong = async (
    of: Of,
    first: RowPage,
    query: AttemptQuery,
    range: IdRange,
  ): Promise<Page<LoggedAttempt>> => {
    const isAccepted = acceptsAttempt(query);
    const accepts = ({ attempt }: LoggedAttempt) =>
      isAccepted(attempt) && (of.endpointId === null || attempt.endpointId === of.endpointId);
    let few: readonly LoggedAttempt[] = [];
    for await (const found of notIndexed(of, first))
      few = nearestOf([...few, ...found.filter(accepts)], range, query.limit + 1);
    return listShards({
      shards: SHARDS + 1,
      ...{ range, accepts, limit: query.limit },
      idOf: ({ attempt }) => attempt.id,
      read: async (shard, part, limit) => {
        if (shard < SHARDS) return readIndex(of, shard, part, limit);
        const items = nearestOf(few, part, few.length);
        return { items: part.walk === 'newest-first' ? items : items.toReversed(), more: false };
      },
    });
  };

  const list = async (of: Of, query: AttemptQuery, range: IdRange): Promise<Page<LoggedAttempt>> => {
    const first = await queryPage(client, rangeOf(of));
    if (first.after !== undefined) return listLong(of, first, query, range);
    const accepts = acceptsAttempt(query);
    const found = readableRows(first.rows, loggedAttempt).filter(({ attempt }) => accepts(attempt));
    const nearest = nearestOf(found, range, query.limit + 1);
    return { items: nearestOf(nearest, range, query.limit), done: nearest.length <= query.limit };
  };

  const find = async (of: Of, id: AttemptId): Promise<LoggedAttempt | undefined> => {
    const only = (rows: readonly Row[]) =>
      readableRows(
        rows.filter((row) => row['id'] === id),
        loggedAttempt,
      )[0];
    const first = await queryPage(client, rangeOf(of));
    const early = only(first.rows);
    if (early !== undefined || first.after === undefined) return early;
    const pk = deliveryKeys.byTime(of.orgId, of.appId, of.messageId, id);
    const place = { table, index: ATTEMPTS_BY_TIME, pk, low: id, high: id };
    const indexed = only((await queryPage(client, { ...place, forward: true, strong: false })).rows);
    if (indexed !== undefined) return indexed;
    for await (const found of notIndexed(of, first)) {
      const match = found.find(({ attempt }) => attempt.id === id);
      if (match !== undefined) return match;
    }
    return undefined;
  };

  return {
    async listByMessage(orgId, appId, messageId, endpointId, query, nowMs) {
      const range = idRange('atmpt_', query, nowMs);
      const page = await list({ orgId, appId, messageId, endpointId }, query, range);
      return query.withContent
        ? responses.ofPage(page, range.walk)
        : { ...page, items: page.items.map(({ attempt }) => attempt) };
    },

    async find(orgId, appId, messageId, id) {
      const found = await find({ orgId, appId, messageId, endpointId: null }, id);
      return found === undefined ? undefined : responses.ofAttempt(found);
    },
  };
};
