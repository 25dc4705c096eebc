import { beforeAll, describe, expect, it } from 'vitest';
import { appId, endpointId, messageId, orgId } from '../../functions/platform/ids/brand.domain.ts';
import { deliveryKeys, messageKeys } from '../../functions/platform/dynamodb/keys.ts';
import type { Key } from '../../functions/platform/dynamodb/keys.ts';
import { reconcile } from '../../scripts/reconcile/command.ts';
import { deadLetterQueue } from '../../scripts/dlq/queues.ts';
import { seededIds } from '../support/simulation/builders.ts';
import { freshOrganization } from '../support/client.ts';
import type { Organization } from '../support/client.ts';
import { openDrill, signal } from '../support/drill.ts';
import type { Drill } from '../support/drill.ts';
import { crash, throttle } from '../support/faults.ts';
import { listenTo, managementClient } from '../support/listening.ts';
import { eventually } from '../support/poll.ts';
import { bodyOf, hookUrl, receiver, webhooks } from '../support/receiver.ts';
import { GetCommand, PutCommand } from '../../functions/platform/dynamodb/commands.ts';

/** Drills for streams: records that a reader could not process are replayed from their item or from the stream. */

let drill: Drill;
let organization: Organization;
let app: string;
let endpoint: string;

const rowOf = async (table: string, key: Key) => {
  const { stage } = drill;
  const { Item } = await stage.dynamo.send(
    new GetCommand({ TableName: stage.get(table), Key: key, ConsistentRead: true }),
  );
  return Item!;
};

const putRow = (table: string, row: object) =>
  drill.stage.dynamo.send(new PutCommand({ TableName: drill.stage.get(table), Item: row }));

const publish = () => organization.svix.message.create(app, { eventType: 'e', payload: { n: 1 } });

const attempts = async () => (await organization.svix.messageAttempt.listByEndpoint(app, endpoint)).data;
const attempted = (id: string) =>
  eventually(attempts, (all) => all.some(({ msgId }) => msgId === id), { what: `an attempt of ${id}` });

beforeAll(async () => {
  drill = await openDrill();
  organization = await freshOrganization();
  app = (await organization.svix.application.create({ name: 'Drill' })).id;
  endpoint = (await organization.svix.endpoint.create(app, { url: hookUrl('/drill') })).id;
  // Otherwise the records of this message could be in a batch that a test makes fail.
  await webhooks({ id: (await publish()).id });
  await eventually(attempts, ({ length }) => length > 0);
});

it('drill: a message that fan-out could not parse is found by reconcile and sent once, also when its dead letter is replayed', async () => {
  const { id: readable } = await publish();
  await webhooks({ id: readable });
  const keyOf = (id: string) => messageKeys.message(orgId(organization.orgId), appId(app), messageId(id));
  const row = await rowOf('MessagesTableName', keyOf(readable));
  const id = seededIds(Date.now()).message(Date.now());
  const broken = { ...row, ...keyOf(id), at: Date.now() };
  await putRow('MessagesTableName', { ...broken, v: 99 });
  await drill.listed(/^fan-out +1 dead letter\n +1 {2}ZodError/m);
  expect(await drill.dlq('inspect fan-out')).toContain(id);

  await putRow('MessagesTableName', broken); // the next release can read it
  const options = { stage: 'local', app, since: Date.now() - 600_000, queueAge: 0, rate: 1_000 };
  const terminal = { say: () => undefined, now: () => Date.now(), signal, graceMs: 0 };
  const found = await reconcile(drill.stage, { ...options, fix: true, changed: false }, terminal);
  expect(found).toMatchObject({ 'never-tried': 1, 'retry-not-made': 0, unreadable: 0 });
  await webhooks({ id });
  await eventually(attempts, (all) => all.some(({ msgId }) => msgId === id));
  expect(await drill.dlq('replay fan-out')).toMatch(/1 replayed/);
  const after = await reconcile(drill.stage, { ...options, fix: true, changed: false }, terminal);
  expect(after).toMatchObject({ 'never-tried': 0, 'retry-not-made': 0 });
  expect(await receiver().received({ id })).toHaveLength(1);
});

it('drill: an attempt that project could not parse is added to the read models by a replay', async () => {
  const { id } = await publish();
  const keyOfAttempt = (number: number) =>
    deliveryKeys.attempt(orgId(organization.orgId), appId(app), messageId(id), endpointId(endpoint), {
      ...{ kind: 'scheduled', number },
    });
  await webhooks({ id });
  const row = await eventually(() => rowOf('DeliveriesTableName', keyOfAttempt(1)));
  const atmpt = seededIds(Date.now() + 1).attempt(Date.now());
  // A success at the fifth attempt is announced (recovered), one at the second is not.
  const broken = { ...row, ...keyOfAttempt(5), n: 5, id: atmpt, at: Date.now() };
  await putRow('DeliveriesTableName', { ...broken, v: 99 });
  for (const name of ['project', 'announce'])
    await drill.listed(new RegExp(`^${name} +1 dead letter\\n`, 'm'));
  await putRow('DeliveriesTableName', broken);
  for (const name of ['project', 'announce'])
    expect(await drill.dlq(`replay ${name}`)).toMatch(/1 replayed, 0 kept\.$/);
  await eventually(attempts, (all) => all.some((one) => one.id === atmpt));
});

const KINDS = [
  ['crashes', crash, 'crash or timeout'],
  ['is throttled', throttle, 'TableBusy'],
] as const;
/** More often than a batch is retried before it is too old. */
const ALWAYS = 1_000;

describe.each(KINDS)(
  'drill: a stream batch that is dead-lettered because its reader %s',
  (_, fault, reason) => {
    /** Injects the fault until the batch is dead-lettered; returns the body of the dead letter. */
    const deadLettered = async (reader: string, cause: () => Promise<void>): Promise<string> => {
      const faults = await fault(`${reader}.read`, ALWAYS);
      await cause();
      await drill.listed(new RegExp(`^${reader} +[1-9]\\d* dead letters?\\n +\\d+ {2}${reason}`, 'm'));
      await faults.end();
      const [body = ''] = await drill.bodies(reader);
      return body;
    };
    /** Replays all dead letters, then one of them again, as after a replay that ended between sending and deleting it. */
    const replayTwice = async (reader: string, body: string): Promise<void> => {
      expect(await drill.dlq(`replay ${reader}`)).toMatch(/[1-9]\d* replayed, 0 kept\.$/);
      await drill.put(deadLetterQueue(reader).output, body);
      expect(await drill.dlq(`replay ${reader}`)).toMatch(/1 replayed, 0 kept\.$/);
    };

    it('of fan-out is replayed and its messages are sent once', async () => {
      let id = '';
      const body = await deadLettered('fan-out', async () => void ({ id } = await publish()));
      expect(await drill.dlq(`inspect fan-out --reason ${reason.slice(0, 5)}`)).toMatch(
        new RegExp(`INSERT ${app} ${id}[^]*function +posthorn-\\S+-fan-out`),
      );
      expect(await receiver().received({ id })).toEqual([]);
      await drill.dlq('replay fan-out');
      await webhooks({ id });
      await attempted(id);
      await drill.put(deadLetterQueue('fan-out').output, body);
      await drill.dlq('replay fan-out');
      // A later message of the same stream: once it is received, the replayed batch has been processed.
      await webhooks({ id: (await publish()).id });
      expect(await receiver().received({ id })).toHaveLength(1);
    });

    it('of project is replayed and its attempts are listed once', async () => {
      let id = '';
      const body = await deadLettered('project', async () => {
        ({ id } = await publish());
        await webhooks({ id });
      });
      expect((await attempts()).filter(({ msgId }) => msgId === id)).toEqual([]);
      await replayTwice('project', body);
      await attempted(id);
      expect((await attempts()).filter(({ msgId }) => msgId === id)).toHaveLength(1);
    });

    it('of announce is replayed and its operational webhooks are sent once', async () => {
      const path = `/drill-announced-${reason.slice(0, 5)}`;
      const customer = await freshOrganization();
      await customer.svix.application.create({ name: 'Announced', uid: 'announced' });
      await listenTo(await managementClient(), customer, path);
      let made = '';
      const body = await deadLettered('announce', async () => {
        made = (await customer.svix.endpoint.create('announced', { url: hookUrl('/x'), disabled: true })).id;
      });
      expect(await receiver().received({ path })).toEqual([]);
      await replayTwice('announce', body);
      const received = await webhooks({ path });
      expect(received.filter((one) => bodyOf(one).includes(made))).toHaveLength(1);
    });
  },
);

it('drill: all dead-letter queues are empty after the drills for streams', async () => {
  const text = await drill.dlq('list');
  expect(text.split('\n').every((line) => / 0 dead letters$/.test(line))).toBe(true);
});
