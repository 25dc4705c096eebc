import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, expect, inject, it } from 'vitest';
import { appId, endpointId, messageId, orgId } from '../../functions/domain/brand.ts';
import { deliveryKeys, messageKeys } from '../../functions/store/keys.ts';
import type { Key } from '../../functions/store/keys.ts';
import { makeCommands } from '../../scripts/dlq/commands.ts';
import { dlqCommand } from '../../scripts/dlq/options.ts';
import type { Stage } from '../../scripts/dlq/stage.ts';
import { emulatorStage } from '../../scripts/dlq/stage.ts';
import { reconcile } from '../../scripts/reconcile/command.ts';
import { seededIds } from '../support/world/builders.ts';
import { freshOrganization } from '../support/client.ts';
import type { Organization } from '../support/client.ts';
import { crash } from '../support/faults.ts';
import { eventually } from '../support/poll.ts';
import { hookUrl, receiver, webhooks } from '../support/receiver.ts';

/** A day on call: things die for several reasons, and come back a part at a time, none lost and none doubled. */

const QUEUES = ['DeliveryQueueUrl', 'SlowDeliveryQueueUrl', 'FanOutQueueUrl'];
const POISON = '{"v":99}';

let stage: Stage;
let organization: Organization;
let app: string;
let endpoint: string;

const signal = new AbortController().signal;

/** What `npm run dlq -- <line>` prints. */
const dlq = async (line: string): Promise<string> => {
  const lines: string[] = [];
  const say = (text: string) => void lines.push(text);
  const commands = makeCommands(() => Promise.resolve(stage), {
    ...{ say, signal, now: () => Date.now(), auditFile: '/dev/null' },
  });
  await dlqCommand(commands, Date.now()).parseAsync(line.split(' '), { from: 'user' });
  return lines.join('\n');
};

const listed = (pattern: RegExp) =>
  eventually(
    () => dlq('list'),
    (text) => pattern.test(text),
  );

const rowOf = async (table: string, key: Key) => {
  const { Item } = await stage.dynamo.send(
    new GetItemCommand({ TableName: stage.get(table), Key: marshall(key), ConsistentRead: true }),
  );
  return unmarshall(Item!);
};

const putRow = (table: string, row: object) =>
  stage.dynamo.send(new PutItemCommand({ TableName: stage.get(table), Item: marshall(row) }));

const publish = () => organization.svix.message.create(app, { eventType: 'e', payload: { n: 1 } });

const attempts = async () => (await organization.svix.messageAttempt.listByEndpoint(app, endpoint)).data;

beforeAll(async () => {
  const { stage: name, awsEndpointUrl, outputs } = inject('stack');
  stage = emulatorStage(name, awsEndpointUrl, outputs);
  for (const queue of QUEUES) {
    const Attributes = { VisibilityTimeout: '1' };
    await stage.sqs.send(new SetQueueAttributesCommand({ QueueUrl: stage.get(queue), Attributes }));
  }
  organization = await freshOrganization();
  app = (await organization.svix.application.create({ name: 'Drill' })).id;
  endpoint = (await organization.svix.endpoint.create(app, { url: hookUrl('/drill') })).id;
});

it('poison ends in the dead letters of each queue, with its reason, and only that part is discarded', async () => {
  for (const queue of QUEUES)
    await stage.sqs.send(new SendMessageCommand({ QueueUrl: stage.get(queue), MessageBody: POISON }));
  for (const name of ['delivery', 'deliver-slow', 'fan-out-wide'])
    await listed(new RegExp(`^${name} +1 letter\\n +1 {2}ZodError`, 'm'));
  // The worker writes the last receive down beside its work, so it may stand there a moment after the letter does.
  await eventually(
    () => dlq('inspect delivery'),
    (text) => /reason +ZodError[^]*receives +5[^]*request +\S/.test(text),
  );
  for (const name of ['deliver-slow', 'fan-out-wide']) await dlq(`discard ${name} --yes`);
  await listed(/^deliver-slow +0 letters/m);
});

it('a delivery that crashes every time is replayed by its reason, once, and poison stays', async () => {
  const fault = await crash('deliver.read', 5);
  const { id } = await publish();
  await fault.reached(5);
  await listed(/^delivery +2 letters/m);
  expect(await dlq('inspect delivery --reason crash')).toContain(id);
  expect(await dlq('replay delivery --dry-run')).toContain('2 letters');
  expect(await receiver().received({ id })).toEqual([]);
  expect(await dlq('replay delivery --reason crash')).toMatch(/1 replayed, 0 kept\.$/);
  await webhooks({ id });
  expect(await dlq('list')).toMatch(/^delivery +1 letter\n.*ZodError/m);

  // As if a replay had been stopped between sending and removing: the same letter, once more.
  const body = JSON.stringify({ v: 1, o: organization.orgId, a: app, m: id, e: endpoint, n: 1, s: [5] });
  await stage.sqs.send(new SendMessageCommand({ QueueUrl: stage.get('DeliveryDlqUrl'), MessageBody: body }));
  await dlq(`replay delivery --endpoint ${endpoint}`);
  await eventually(attempts, (all) => all.length > 0);
  expect(await receiver().received({ id })).toHaveLength(1);
  await dlq('discard delivery --yes');
});

it('a message that could not be read is found by reconcile, and its letter replayed, and it is sent once', async () => {
  const { id: readable } = await publish();
  await webhooks({ id: readable });
  const keyOf = (id: string) => messageKeys.message(orgId(organization.orgId), appId(app), messageId(id));
  const row = await rowOf('MessagesTableName', keyOf(readable));
  const id = seededIds(Date.now()).message(Date.now());
  const broken = { ...row, ...keyOf(id), at: Date.now() };
  await putRow('MessagesTableName', { ...broken, v: 99 });
  await listed(/^fan-out +1 letter\n +1 {2}ZodError/m);
  expect(await dlq('inspect fan-out')).toContain(id);

  await putRow('MessagesTableName', broken); // the next release can read it
  const options = { stage: 'local', app, since: Date.now() - 600_000, queueAge: 0, rate: 1_000 };
  const terminal = { say: () => undefined, now: () => Date.now(), signal, graceMs: 0 };
  const found = await reconcile(stage, { ...options, fix: true, changed: false }, terminal);
  expect(found).toMatchObject({ 'never-tried': 1, 'retry-not-made': 0, unreadable: 0 });
  await webhooks({ id });
  await eventually(attempts, (all) => all.some(({ msgId }) => msgId === id));
  expect(await dlq('replay fan-out')).toMatch(/1 replayed/);
  const after = await reconcile(stage, { ...options, fix: true, changed: false }, terminal);
  expect(after).toMatchObject({ 'never-tried': 0, 'retry-not-made': 0 });
  expect(await receiver().received({ id })).toHaveLength(1);
});

it('an attempt that the read models could not take comes into them by a replay', async () => {
  const { id } = await publish();
  const ofTurn = (number: number) =>
    deliveryKeys.attempt(orgId(organization.orgId), appId(app), messageId(id), endpointId(endpoint), {
      ...{ kind: 'scheduled', number },
    });
  await webhooks({ id });
  const row = await eventually(() => rowOf('DeliveriesTableName', ofTurn(1)));
  const atmpt = seededIds(Date.now() + 1).attempt(Date.now());
  const broken = { ...row, ...ofTurn(2), n: 2, id: atmpt, at: Date.now() };
  await putRow('DeliveriesTableName', { ...broken, v: 99 });
  for (const name of ['project', 'announce']) await listed(new RegExp(`^${name} +1 letter\\n`, 'm'));
  await putRow('DeliveriesTableName', broken);
  for (const name of ['project', 'announce'])
    expect(await dlq(`replay ${name}`)).toMatch(/1 replayed, 0 kept\.$/);
  await eventually(attempts, (all) => all.some((one) => one.id === atmpt));
});

it('in the end every dead letter queue is empty', async () => {
  const text = await dlq('list');
  expect(text.split('\n').every((line) => / 0 letters$/.test(line))).toBe(true);
});
