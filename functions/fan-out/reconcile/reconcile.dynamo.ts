import { ifReadable } from '../../platform/dynamodb/readable-rows.ts';
import { endpointId } from '../../platform/ids/brand.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import { lowerBound } from '../../platform/ids/ids.domain.ts';
import type { TenantKey } from '../../catalog/catalog.port.ts';
import type { Accepted, ReconcileStore, Waiting } from './reconcile.flow.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { parseAttemptFacts } from '../../deliver/attempts/attempt-row.ts';
import { parseQueueMessage } from '../../deliver/queue/queue-message.ts';
import { identitiesInDueRow } from '../../deliver/retries/due-items.dynamo.ts';
import { scanApplications } from '../../catalog/applications/applications.dynamo.ts';
import { readApplication } from '../../catalog/items.ts';
import { readIdShard } from '../../platform/dynamodb/id-shard.ts';
import { deliveryKeys, messageKeys, SHARDS } from '../../platform/dynamodb/keys.ts';
import { parseMessageRow } from '../../messages/message-row.ts';
import { scanTable } from '../../platform/dynamodb/segment-scan.ts';
import { keyInRow, pagesOf } from '../../platform/dynamodb/table.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

/** Messages of one query. The log of each is another query. */
const PAGE = 200;

export interface ReconcileTables {
  readonly client: DynamoClient;
  readonly catalog: string;
  readonly messages: string;
  readonly deliveries: string;
  readonly control: string;
}

const applicationIn = ifReadable(readApplication);

export interface FoundApplications {
  /** Those that are not deleted, in the order of their ids. */
  readonly applications: readonly (TenantKey & { readonly uid: string | null })[];
  /** Keys of rows that this version of the code cannot parse. */
  readonly unreadable: readonly string[];
}

/** The applications of every organization. */
export const allApplications = async ({ client, catalog }: ReconcileTables): Promise<FoundApplications> => {
  const found: (TenantKey & { readonly uid: string | null })[] = [];
  const unreadable: string[] = [];
  for await (const rows of scanApplications(client, catalog))
    for (const row of rows) {
      const application = applicationIn(row);
      if (application === undefined) unreadable.push(keyInRow.parse(row).pk);
      else if (application.deletedAt === null) {
        const { orgId, id: appId, uid } = application.item;
        found.push({ orgId, appId, uid });
      }
    }
  return { applications: found.toSorted((left, right) => (left.appId < right.appId ? -1 : 1)), unreadable };
};

const queueMessageText = { parse: parseQueueMessage };

/** The sort key of a parked delivery is an instant, the identity and the number of its releases. */
const parkedIn = (sk: string): string => sk.slice(sk.indexOf('#') + 1, sk.lastIndexOf('#'));

/** The deliveries of a row that this version of the code cannot parse are not known to wait. */
const dueIn = ifReadable((row) => identitiesInDueRow(row, queueMessageText));

/** All deliveries that are due items or parked, by identity. One scan of the Control table. */
export const allWaiting = async ({ client, control }: ReconcileTables): Promise<Waiting> => {
  const waiting = new Map<string, 'due' | 'parked'>();
  const pages = scanTable(client, control, {
    FilterExpression: 'begins_with(pk, :due) OR #type = :parked',
    ExpressionAttributeNames: { '#type': 'type' },
    ExpressionAttributeValues: { ':due': 'due#', ':parked': 'parked' },
    ProjectionExpression: 'pk, sk, p',
  });
  for await (const rows of pages)
    for (const row of rows) {
      const { pk, sk } = keyInRow.parse(row);
      if (pk.startsWith('due#')) for (const identity of dueIn(row) ?? []) waiting.set(identity, 'due');
      else waiting.set(parkedIn(sk), 'parked');
    }
  return waiting;
};

/** A row that cannot be parsed must not hide the others. */
const accepted = (row: Row): Accepted => ({
  id: keyInRow.parse(row).sk,
  message: ifReadable(parseMessageRow)(row),
});

const isAttempt = (row: Row): boolean => keyInRow.parse(row).sk.startsWith('at#');
/** Sort keys of attempts: at#, the endpoint, #, the attempt number. */
const endpointIn = (row: Row): EndpointId => endpointId(keyInRow.parse(row).sk.split('#')[1] ?? '');

const attemptIn = ifReadable(parseAttemptFacts);

/** The messages of an application by time, and the log of each. */
export const makeReconcileStore = ({ client, messages, deliveries }: ReconcileTables): ReconcileStore => ({
  async *messages({ orgId, appId }, fromMs, untilMs) {
    for (let shard = 0; shard < SHARDS; shard += 1) {
      let above = lowerBound('msg_', fromMs);
      for (;;) {
        const { items, more } = await readIdShard(
          client,
          {
            table: messages,
            pk: messageKeys.shard(orgId, appId, shard),
            range: { above, below: lowerBound('msg_', untilMs), walk: 'oldest-first' },
            limit: PAGE,
          },
          accepted,
        );
        if (items.length > 0) yield items;
        const last = items.at(-1);
        if (!more || last === undefined) break;
        above = last.id;
      }
    }
  },

  async log({ orgId, appId, id }) {
    const pk = deliveryKeys.message(orgId, appId, id);
    // '$' sorts after '#'. A message for many endpoints has many pages; responses are not needed.
    const range = { table: deliveries, pk, low: 'at#', high: 'end$', forward: true, strong: true };
    const attempts: Attempt[] = [];
    const unreadable = new Set<EndpointId>();
    const keys: string[] = [];
    for await (const rows of pagesOf(client, range, Number.POSITIVE_INFINITY)) {
      for (const row of rows.filter(isAttempt)) {
        const attempt = attemptIn(row);
        if (attempt === undefined) unreadable.add(endpointIn(row));
        else attempts.push(attempt);
      }
      keys.push(...rows.map((row) => keyInRow.parse(row).sk).filter((sk) => sk.startsWith('end#')));
    }
    return { attempts, unreadable, ended: new Set(keys.map((sk) => endpointId(sk.slice('end#'.length)))) };
  },
});
