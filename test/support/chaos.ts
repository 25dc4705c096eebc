import type { Attempt } from '../../functions/deliver/attempts/attempt.domain.ts';
import { endpointId } from '../../functions/platform/ids/brand.domain.ts';
import type { EndpointId } from '../../functions/platform/ids/brand.domain.ts';
import { parseAttemptRow } from '../../functions/deliver/attempts/attempt-row.ts';
import type { Stage } from '../../scripts/dlq/stage.ts';
import { column } from './api.ts';
import type { Body } from './api.ts';
import type { Sender } from './delivering.ts';
import { dlqOn, setVisibility } from './drill.ts';
import { eventually } from './poll.ts';
import { rowsOf } from './rows.ts';
import type { Told } from './simulation/invariants.ts';

/** What a chaos run on the deployed functions asks of the stage: as a client, as an operator and as a judge. */

/** What an ended process held comes back after this, not after the minutes that a real one may still be at work. */
export const hideFor = async (stage: Stage, seconds: number): Promise<void> => {
  for (const queue of ['DeliveryQueueUrl', 'SlowDeliveryQueueUrl', 'FanOutQueueUrl'])
    await setVisibility(stage, queue, seconds);
};

/** Publishes as a client that insists: again with the same key, until it is told an id. */
const insist = async (sender: Sender, key: string, body: object): Promise<string> => {
  const accepted = await eventually(
    () => sender.send('POST', '/app/acme/msg', body, { 'idempotency-key': key }),
    ({ status }) => status === 202,
    { what: `message ${key} was accepted` },
  );
  return String(accepted.json['id']);
};

const CLIENTS = 8;

/** Publishes all of them, a few clients at a time; their ids, in the order of the bodies. */
export const publishAll = async (sender: Sender, bodies: readonly object[]): Promise<readonly string[]> => {
  const ids: string[] = [];
  const left = [...bodies.entries()].toReversed();
  const client = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop())
      ids[next[0]] = await insist(sender, `key-${next[0]}`, next[1]);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return ids;
};

/** All ids that a list of the API holds. */
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

/** What the log and the catalog say of the application by now. */
export const told = async ({ orgId, ask }: Sender, appId: string): Promise<Told> => {
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
