import { isDeepStrictEqual } from 'node:util';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { messageId } from '../../platform/ids/brand.domain.ts';
import { idTime } from '../../platform/ids/ids.domain.ts';
import type { Views } from '../project.flow.ts';
import type { RebuildViews, ViewItem } from './rebuild.port.ts';
import { hourOf } from '../hourly-statistics/endpoint-hours.domain.ts';
import type { MessagePlace, LatestState } from '../latest-state.domain.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { parseAttemptRow } from '../../deliver/attempts/attempt-row.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import type { EndpointMessage } from '../messages-by-endpoint/endpoint-messages.domain.ts';
import { parseEndpointMessageRow } from '../messages-by-endpoint/endpoint-message-row.ts';
import { readViewKey, shardOf, viewKeys } from '../../platform/dynamodb/keys.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { removeRows } from '../../platform/dynamodb/remove-rows.ts';
import { scanSegment } from '../../platform/dynamodb/segment-scan.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { endpointAttemptKey, endpointAttemptRow, endpointMessageItem } from '../views.dynamo.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const PAGE = 200;

/** The row as DynamoDB returns it after a put. */
const asStored = (row: Row): Row => unmarshall(marshall(row, { removeUndefinedValues: true }));

/** Parses a row; undefined if it does not parse or if printing the result does not give exactly this row. */
const parseExactly = <Item>(
  row: Row,
  parse: (row: Row) => Item,
  print: (item: Item) => Row,
): Item | undefined => {
  try {
    const item = parse(row);
    return isDeepStrictEqual(asStored(print(item)), row) ? item : undefined;
  } catch {
    return undefined;
  }
};

const messageKey = ({ orgId, appId, endpointId, messageId: id }: MessagePlace): Key => ({
  pk: viewKeys.endpointMessages(orgId, appId, endpointId, shardOf(id)),
  sk: id,
});

/** The hour of a sort key (ms since 1970); 0 if the text is not an hour. */
const hourIn = (text: string): number => {
  const at = Date.parse(`${text}:00:00.000Z`);
  return Number.isNaN(at) ? 0 : at;
};

/** How the rows of attempts and messages are written (views.dynamo.ts). */
interface Printed {
  readonly attempt: (attempt: Attempt) => Row;
  readonly message: (state: EndpointMessage) => Row;
}

const itemOf = (row: Row, print: Printed): readonly ViewItem[] => {
  const key = { pk: String(row['pk']), sk: String(row['sk']) };
  const read = readViewKey(key);
  if (read === undefined) return [];
  const { family: view, name, orgId, appId, endpointId } = read;
  const endpoint = { orgId, appId, endpointId };
  switch (view) {
    case 'endpoint-attempts': {
      const attempt = parseExactly(row, parseAttemptRow, print.attempt);
      return [{ view, key, hour: { ...endpoint, hour: hourOf(idTime(name) ?? 0) }, attempt }];
    }
    case 'endpoint-messages': {
      const place = { ...endpoint, messageId: messageId(name) };
      return [messageKey(place).pk === key.pk ? { view, place } : { view, stray: key }];
    }
    case 'endpoint-hours':
      return [{ view, hour: { ...endpoint, hour: hourIn(name) } }];
  }
};

/** Reads and repairs the read models for a rebuild; `views` is the projection's writer, with the same row retention. */
export const makeRebuildViews = (
  client: DynamoClient,
  table: string,
  views: Views,
  rowRetentionDays?: number,
): RebuildViews => {
  const print: Printed = {
    attempt: (attempt) => endpointAttemptRow(attempt, rowRetentionDays),
    message: (state) => endpointMessageItem(state, rowRetentionDays),
  };
  const rowsAt = async (keys: readonly Key[]): Promise<readonly (Row | undefined)[]> => {
    const found = await batchGet(
      client,
      keys.map((key) => ({ table, key })),
    );
    return keys.map((key) => found({ table, key }));
  };

  return {
    async scan(segment, after) {
      const page = await scanSegment(client, table, segment, { after, limit: PAGE });
      return { next: page.next, items: page.items.flatMap((row) => itemOf(row, print)) };
    },

    async latestAttempts(attempts) {
      const rows = await rowsAt(attempts.map(endpointAttemptKey));
      return attempts.map((attempt, index) =>
        isDeepStrictEqual(asStored(print.attempt(attempt)), rows[index]),
      );
    },

    async latestMessages(places) {
      const rows = await rowsAt(places.map(messageKey));
      return rows.map((row): LatestState => {
        if (row === undefined) return undefined;
        return parseExactly(row, parseEndpointMessageRow, print.message) ?? 'unreadable';
      });
    },

    remove: (keys) => removeRows(client, table, keys),
    removeMessage: (place) => removeRows(client, table, [messageKey(place)]),
    putEndpointAttempts: (attempts) => views.putEndpointAttempts(attempts),
    mergeEndpointMessages: (rows) => views.mergeEndpointMessages(rows),
  };
};
