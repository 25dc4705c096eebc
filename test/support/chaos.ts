import { randomUUID } from 'node:crypto';
import type { ListResponseMessageOut } from 'svix';
import type { Attempt } from '../../functions/deliver/attempts/attempt.domain.ts';
import { endpointId } from '../../functions/platform/ids/brand.domain.ts';
import type { EndpointId } from '../../functions/platform/ids/brand.domain.ts';
import { parseAttemptRow } from '../../functions/deliver/attempts/attempt-row.ts';
import { chunksOf } from '../../functions/platform/concurrency/chunks.ts';
import type { Stage } from '../../scripts/dlq/stage.ts';
import { column } from './api.ts';
import type { Body } from './api.ts';
import { ingestOrganization } from './client.ts';
import type { Sender } from './delivering.ts';
import { dlqOn, setVisibility } from './drill.ts';
import { sendToIngest } from './ingest.ts';
import { eventually } from './poll.ts';
import { rowsOf } from './rows.ts';
import type { DeliveryState } from './simulation/invariants.ts';
import { QUEUE_BATCH } from '../../functions/platform/limits/queues.domain.ts';

/** Clients, operator commands and reads for a chaos run on the deployed functions. */

/** Sets the visibility timeout of the queues, so that records of ended processes are received again soon. */
export const setVisibilityTimeouts = async (stage: Stage, seconds: number): Promise<void> => {
  const queues = [
    ...['DeliveryQueueUrl', 'BulkDeliveryQueueUrl', 'SlowDeliveryQueueUrl'],
    ...['FanOutQueueUrl', 'IngestQueueUrl'],
  ];
  for (const queue of queues) await setVisibility(stage, queue, seconds);
};

/** Publishes with the same idempotency key until the message is accepted; returns its id. */
const publishUntilAccepted = async (sender: Sender, key: string, body: object): Promise<string> => {
  const accepted = await eventually(
    () => sender.send('POST', '/app/acme/msg', body, { 'idempotency-key': key }),
    ({ status }) => status === 202,
    { what: `message ${key} was accepted` },
  );
  return String(accepted.json['id']);
};

const CLIENTS = 8;

/** Publishes all bodies with a few concurrent clients; returns the ids in the order of the bodies. */
export const publishAll = async (sender: Sender, bodies: readonly object[]): Promise<readonly string[]> => {
  const ids: string[] = [];
  const left = [...bodies.entries()].toReversed();
  const client = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop())
      ids[next[0]] = await publishUntilAccepted(sender, `key-${next[0]}`, next[1]);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return ids;
};

/** Events in the ingest queue of an application without endpoints: their ids, and the event ids of its messages. */
export interface IngestedEvents {
  readonly sent: readonly string[];
  readonly published: () => Promise<readonly string[]>;
}

/** Sends events to the ingest queue, each twice. */
export const ingestTwice = async (count: number): Promise<IngestedEvents> => {
  const { svix } = await ingestOrganization();
  const uid = `chaos-${randomUUID()}`;
  await svix.application.create({ name: 'Chaos', uid });
  const sent = Array.from({ length: count }, (_, index) => `event-${index}`);
  for (const some of chunksOf([...sent, ...sent], QUEUE_BATCH))
    await sendToIngest(some.map((eventId) => ({ application: uid, eventId, eventType: 'e', payload: {} })));
  const published = async () => {
    const eventIds: string[] = [];
    let iterator: string | null = null;
    do {
      const page: ListResponseMessageOut = await svix.message.list(uid, { limit: 250, iterator });
      eventIds.push(...page.data.map(({ eventId }) => String(eventId)));
      iterator = page.done ? null : (page.iterator ?? null);
    } while (iterator !== null);
    return eventIds;
  };
  return { sent, published };
};

/** All ids of a list of the API. */
export const idsOf = async ({ ask }: Sender, path: string): Promise<readonly string[]> => {
  const ids: string[] = [];
  let iterator: string | null = null;
  do {
    const page: Body = await ask(
      'GET',
      `${path}?limit=250${iterator === null ? '' : `&iterator=${iterator}`}`,
    );
    ids.push(...column(page, 'id').map(String));
    iterator = page['done'] === true ? null : String(page['iterator']);
  } while (iterator !== null);
  return ids;
};

/** The current attempts and endpoints of an application, from the log and the catalog. */
export const deliveryState = async ({ orgId, ask }: Sender, appId: string): Promise<DeliveryState> => {
  const rows = await rowsOf('DeliveriesTableName', `o#${orgId}#a#${appId}#m#`);
  const attempts: readonly Attempt[] = rows
    .filter(({ sk }) => sk.startsWith('at#'))
    .map((row) => parseAttemptRow(row));
  const endpoints = (await ask('GET', '/app/acme/endpoint'))['data'] as { id: string; disabled: boolean }[];
  const off = new Map<EndpointId, boolean>(endpoints.map(({ id, disabled }) => [endpointId(id), disabled]));
  return {
    log: { all: () => attempts },
    tenants: { endpoint: (id) => (off.has(id) ? { disabled: off.get(id) === true } : undefined) },
  };
};

/** Replays all dead letters, as `npm run dlq` does; returns how many there were. */
export const replayAll = async (stage: Stage): Promise<number> => {
  const dlq = dlqOn(stage);
  let deadLetters = 0;
  for (const [, name = '', count] of (await dlq('list')).matchAll(/^(\S+) +(\d+) dead letters?$/gm)) {
    if (count === '0') continue;
    deadLetters += Number(count);
    await dlq(`replay ${name}`);
  }
  return deadLetters;
};
