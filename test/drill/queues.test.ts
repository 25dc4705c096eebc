import { BackgroundTaskStatus } from 'svix';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshOrganization } from '../support/client.ts';
import type { Organization } from '../support/client.ts';
import { BULK_RULES } from '../../functions/platform/limits/delivery.domain.ts';
import { feed } from '../support/bench/functions-of-stack.ts';
import { openDrill, shortVisibility } from '../support/drill.ts';
import type { Drill } from '../support/drill.ts';
import { crash, throttle } from '../support/faults.ts';
import { eventually } from '../support/poll.ts';
import { hookUrl, receiver, webhooks } from '../support/receiver.ts';

/** Drills for queues: messages are dead-lettered for several reasons and replayed part by part; none is lost or sent twice. */

const POISON = '{"v":99}';
const RECEIVES = 5;
const KINDS = [
  ['crash', crash, 'crash or timeout'],
  ['throttle', throttle, 'TableBusy'],
] as const;

const NAMES = ['delivery', 'deliver-bulk', 'deliver-slow', 'fan-out-wide', 'run-task'];
const OUTPUTS = [
  ...['DeliveryQueueUrl', 'BulkDeliveryQueueUrl', 'SlowDeliveryQueueUrl'],
  ...['FanOutQueueUrl', 'TaskQueueUrl'],
];

let drill: Drill;
let organization: Organization;
let app: string;

beforeAll(async () => {
  drill = await openDrill();
  organization = await freshOrganization();
  app = (await organization.svix.application.create({ name: 'Drill' })).id;
  shortSeconds = await shortVisibility(6);
});
/** Visibility timeouts: long by default, short for the queue whose messages the test dead-letters. */
const LONG_S = 120;
let shortSeconds: number;
beforeEach(async () => {
  for (const output of OUTPUTS) await drill.visibility(output, LONG_S);
});

const endpointAt = async (path: string) =>
  (await organization.svix.endpoint.create(app, { url: hookUrl(path), channels: [channelOf(path)] })).id;
/** Each test has a channel of its own, so that its messages do not reach endpoints of other tests. */
const channelOf = (path: string) => path.replaceAll(/[^a-z-]/g, '');
const publish = async (path: string) => {
  const body = { eventType: 'e', payload: { n: 1 }, channels: [channelOf(path)] };
  return (await organization.svix.message.create(app, body)).id;
};
const attempted = (endpoint: string, id: string) =>
  eventually(
    async () => (await organization.svix.messageAttempt.listByEndpoint(app, endpoint)).data,
    (all) => all.some(({ msgId }) => msgId === id),
  );

it('drill: a poison message of each queue is dead-lettered with its reason, and discard removes it', async () => {
  for (const output of OUTPUTS) {
    await drill.visibility(output, shortSeconds);
    await drill.put(output, POISON);
  }
  await drill.listed(...NAMES.map((name) => new RegExp(`^${name} +1 dead letter\\n +1 {2}ZodError`, 'm')));
  // The worker writes the failure log beside its work, so the entry may appear a moment after the dead-lettered message.
  await eventually(
    () => drill.dlq('inspect delivery'),
    (text) => /function +posthorn-\S+-deliver\n[^]*reason +ZodError[^]*receives +5[^]*request +\S/.test(text),
  );
  for (const name of NAMES.slice(1)) await drill.dlq(`discard ${name} --yes`);
  await drill.listed(/^run-task +0 dead letters/m);
  expect(await drill.dlq('list')).toMatch(/^delivery +1 dead letter\n/m);
});

describe.each(KINDS)('drill: a delivery dead-lettered by a %s', (kind, fault, reason) => {
  it('is replayed by its reason and sent once, and the poison message stays', async () => {
    const path = `/drill-fast-${kind}`;
    const endpoint = await endpointAt(path);
    await drill.visibility('DeliveryQueueUrl', shortSeconds);
    const faults = await fault('deliver.read', RECEIVES);
    const id = await publish(path);
    await faults.reached(RECEIVES);
    await drill.listed(/^delivery +2 dead letters/m);
    expect(await drill.dlq(`inspect delivery --reason ${kind}`)).toContain(id);
    expect(await drill.dlq(`inspect delivery --endpoint ${endpoint}`)).toContain(reason);
    expect(await drill.dlq('replay delivery --dry-run')).toContain('2 dead letters');
    expect(await receiver().received({ id })).toEqual([]);
    const [body = ''] = (await drill.bodies('delivery')).filter((text) => text.includes(id));
    expect(await drill.dlq(`replay delivery --reason ${kind}`)).toMatch(/1 replayed, 0 kept\.$/);
    await webhooks({ id });
    await attempted(endpoint, id);
    expect(await drill.dlq('list')).toMatch(/^delivery +1 dead letter\n.*ZodError/m);

    // The same dead letter again, as after a replay that ended between sending and deleting it.
    await drill.put('DeliveryDlqUrl', body);
    expect(await drill.dlq(`replay delivery --endpoint ${endpoint}`)).toMatch(/1 replayed, 0 kept\.$/);
    // A later message of the same queue: once it is received, the replayed one has been processed.
    await webhooks({ id: await publish(path) });
    expect(await receiver().received({ id })).toHaveLength(1);
  });
});

it('drill: dead-lettered deliveries of the slow lane are replayed part by part and sent once', async () => {
  const path = '/drill-slow?delay=5500&until=quick';
  const endpoint = await endpointAt(path);
  await attempted(endpoint, await publish(path)); // this marks the endpoint as slow
  await receiver().release('quick');
  await drill.visibility('SlowDeliveryQueueUrl', shortSeconds);
  const ids: string[] = [];
  for (const [, fault] of KINDS) {
    const faults = await fault('deliver.read', RECEIVES);
    ids.push(await publish(path));
    await faults.reached(RECEIVES);
    await drill.listed(new RegExp(`^deliver-slow +${ids.length} dead letters?`, 'm'));
  }
  for (const [, , reason] of KINDS)
    expect(await drill.dlq('list')).toMatch(new RegExp(`^ +1 {2}${reason}`, 'm'));
  const [crashed = '', throttled = ''] = ids;
  expect(await drill.dlq('replay deliver-slow --reason TableBusy')).toMatch(/1 replayed, 0 kept\.$/);
  await webhooks({ id: throttled });
  expect(await receiver().received({ id: crashed })).toEqual([]);
  expect(await drill.dlq('replay deliver-slow')).toMatch(/1 replayed, 0 kept\.$/);
  await webhooks({ id: crashed });
  for (const id of ids) await attempted(endpoint, id);
  for (const id of ids) expect(await receiver().received({ id })).toHaveLength(1);
});

it('drill: while the bulk lane is stopped, an application with many deliveries at a time waits and a quiet one does not', async () => {
  const ENDPOINTS = BULK_RULES.burst + 1;
  for (let made = 0; made < ENDPOINTS; made += 1) await endpointAt('/drill-busy');
  const { svix } = organization;
  const quiet = (await svix.application.create({ name: 'Quiet' })).id;
  await svix.endpoint.create(quiet, { url: hookUrl('/drill-quiet') });
  await feed(['deliver-bulk'], false);
  let busyId = '';
  try {
    busyId = await publish('/drill-busy');
    await eventually(
      () => drill.depth('BulkDeliveryQueueUrl'),
      (depth) => depth === ENDPOINTS,
    );
    const { id } = await svix.message.create(quiet, { eventType: 'e', payload: { n: 1 } });
    await webhooks({ id });
    expect(await receiver().received({ id: busyId })).toEqual([]);
  } finally {
    await feed(['deliver-bulk'], true);
  }
  await webhooks({ id: busyId }, ENDPOINTS);
});

it('drill: dead-lettered pages of a wide fan-out are replayed part by part and reach each endpoint once', async () => {
  const path = '/drill-wide';
  const COUNT = 101;
  for (let made = 0; made < COUNT; made += 10)
    await Promise.all(Array.from({ length: Math.min(10, COUNT - made) }, () => endpointAt(path)));
  await drill.visibility('FanOutQueueUrl', shortSeconds);
  const ids: string[] = [];
  for (const [, fault] of KINDS) {
    const faults = await fault('fan-out.wide-read', RECEIVES);
    ids.push(await publish(path));
    await faults.reached(RECEIVES);
    await drill.listed(new RegExp(`^fan-out-wide +${ids.length} dead letters?`, 'm'));
  }
  // The deployed visibility timeout: a page that took longer than it would be received, and its webhooks sent, twice.
  await drill.visibility('FanOutQueueUrl', 180);
  expect(await drill.dlq('replay fan-out-wide --reason crash')).toMatch(/1 replayed, 0 kept\.$/);
  expect(await drill.dlq('replay fan-out-wide')).toMatch(/1 replayed, 0 kept\.$/);
  for (const id of ids) await webhooks({ id }, COUNT);
  for (const id of ids) expect(await receiver().received({ id })).toHaveLength(COUNT);
});

it('drill: dead-lettered background tasks continue when they are replayed and send each message once', async () => {
  const path = '/drill-task';
  const earlier = hookUrl(`/earlier${path}`);
  await organization.svix.endpoint.create(app, { url: earlier, channels: [channelOf(path)] });
  const id = await publish(path);
  // Once the earlier endpoint has received the message, its fan-out is over: the later endpoint has missed it.
  await webhooks({ id, path: `/earlier${path}` });
  const endpoint = await endpointAt(path);
  const { svix } = organization;
  const since = new Date(Date.now() - 600_000);
  await drill.visibility('TaskQueueUrl', shortSeconds);
  const tasks: string[] = [];
  for (const [, fault] of KINDS) {
    const faults = await fault('task.selected', RECEIVES);
    tasks.push((await svix.endpoint.replayMissing(app, endpoint, { since })).id);
    await faults.reached(RECEIVES);
    await drill.listed(new RegExp(`^run-task +${tasks.length} dead letters?`, 'm'));
  }
  expect(await drill.dlq('inspect run-task --reason TableBusy')).toContain(tasks[1]);
  expect(await drill.dlq('replay run-task --reason crash')).toMatch(/1 replayed, 0 kept\.$/);
  expect(await drill.dlq('replay run-task')).toMatch(/1 replayed, 0 kept\.$/);
  console.log('waiting a minute for the leases of the crashed runs');
  for (const task of tasks)
    await eventually(
      () => svix.backgroundTask.get(task),
      ({ status }) => status === BackgroundTaskStatus.Finished,
    );
  await webhooks({ id, path });
  await attempted(endpoint, id);
  expect(await receiver().received({ id, path })).toHaveLength(1);
});

it('drill: all dead-letter queues are empty after the drills for queues', async () => {
  await drill.dlq('discard delivery --yes');
  const text = await drill.dlq('list');
  expect(text.split('\n').every((line) => / 0 dead letters$/.test(line))).toBe(true);
});
