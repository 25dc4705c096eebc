import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { bytesApart, parseAttemptFacts, parseAttemptRow } from '../deliver/attempts/attempt-row.ts';
import { parseResponseRow, responseKey } from '../deliver/attempts/attempt-row.ts';
import { batchGet } from '../platform/dynamodb/batch-get.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { PAGE_BYTES } from '../platform/limits/memory.domain.ts';
import type { IdRange } from '../platform/ids/time-range.domain.ts';
import type { Page } from '../platform/pages/page.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

/** An attempt without its response, and the log row that holds or references the response; `{}`: no readable row. */
export interface LoggedAttempt {
  readonly attempt: Attempt;
  readonly row: Row;
}

export const loggedAttempt = (row: Row): LoggedAttempt => ({ attempt: parseAttemptFacts(row), row });

/** The leading attempts, in the direction of the walk, whose responses fit into one answer; at least one. */
const fitting = (logged: readonly LoggedAttempt[], walk: IdRange['walk']): readonly LoggedAttempt[] => {
  const walked = walk === 'newest-first' ? logged : logged.toReversed();
  let bytes = 0;
  const end = walked.findIndex(({ row }, index) => {
    bytes += bytesApart(row) ?? 0;
    return index > 0 && bytes > PAGE_BYTES;
  });
  const kept = end === -1 ? walked : walked.slice(0, end);
  return walk === 'newest-first' ? kept : kept.toReversed();
};

/** Adds responses to attempts. Responses that are stored in rows of their own are read in batches. */
export const makeResponses = (client: DynamoClient, deliveries: string) => {
  const withResponses = async (logged: readonly LoggedAttempt[]): Promise<readonly Attempt[]> => {
    const placeOf = ({ attempt }: LoggedAttempt) => ({ table: deliveries, key: responseKey(attempt) });
    const apart = logged.filter(({ row }) => bytesApart(row) !== undefined);
    const found = await batchGet(client, apart.map(placeOf));
    return logged.map((one) => {
      if (one.row['type'] === undefined) return one.attempt; // no readable row
      if (bytesApart(one.row) === undefined)
        return readableRows([one.row], parseAttemptRow)[0] ?? one.attempt;
      const response = found(placeOf(one)); // undefined if TTL deleted it before the attempt
      const [stored] = response === undefined ? [] : readableRows([response], parseResponseRow);
      return { ...one.attempt, ...(stored ?? { response: '' }) };
    });
  };

  return {
    /** One attempt with its response. */
    ofAttempt: async (one: LoggedAttempt): Promise<Attempt> => (await withResponses([one]))[0] ?? one.attempt,

    /** A page with responses. It ends before its responses would outgrow an answer; later ones are not read. */
    ofPage: async (page: Page<LoggedAttempt>, walk: IdRange['walk']): Promise<Page<Attempt>> => {
      const kept = fitting(page.items, walk);
      const items = await withResponses(kept);
      return kept.length < page.items.length ? { items, done: false } : { ...page, items };
    },
  };
};
