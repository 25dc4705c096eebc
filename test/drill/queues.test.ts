import { BackgroundTaskStatus } from 'svix';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshOrganization } from '../support/client.ts';
import type { Organization } from '../support/client.ts';
import { openDrill } from '../support/drill.ts';
import type { Drill } from '../support/drill.ts';
import { crash, throttle } from '../support/faults.ts';
import { eventually } from '../support/poll.ts';
import { hookUrl, receiver, webhooks } from '../support/receiver.ts';

/** A day on call, the queues: things die for several reasons, and come back a part at a time, none lost and none doubled. */

const POISON = '{"v":99}';
const RECEIVES = 5;
const KINDS = [
  ['crash', crash, 'crash or timeout'],
  ['throttle', throttle, 'TableBusy'],
] as const;

const NAMES = ['delivery', 'deliver-slow', 'fan-out-wide', 'run-task'];
const OUTPUTS = ['DeliveryQueueUrl', 'SlowDeliveryQueueUrl', 'FanOutQueueUrl', 'TaskQueueUrl'];

let drill: Drill;
let organization: Organization;
let app: string;

beforeAll(async () => {
  drill = await openDrill();
  organization = await freshOrganization();
  app = (await organization.svix.application.create({ name: 'Drill' })).id;
});
/** Long enough for whatever a test does, unless it is the queue whose records are to die. */
const PATIENT_S = 60;
const HURRIED_S = 1;
beforeEach(async () => {
  for (const output of OUTPUTS) await drill.visibility(output, PATIENT_S);
});

const endpointAt = async (path: string) =>
  (await organization.svix.endpoint.create(app, { url: hookUrl(path), channels: [channelOf(path)] })).id;
/** Each test has a channel of its own, so that no message goes to another one's endpoint. */
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

it('poison ends in the dead letters of each queue, with its reason, and only that part is discarded', async () => {
  for (const output of OUTPUTS) {
    await drill.visibility(output, HURRIED_S);
    await drill.put(output, POISON);
  }
  await drill.listed(...NAMES.map((name) => new RegExp(`^${name} +1 dead letter\\n +1 {2}ZodError`, 'm')));
  // The worker writes the last receive down beside its work, so the failure log may get its entry a moment after the dead-letter queue.
  await eventually(
    () => drill.dlq('inspect delivery'),
    (text) => /function +posthorn-\S+-deliver\n[^]*reason +ZodError[^]*receives +5[^]*request +\S/.test(text),
  );
  for (const name of NAMES.slice(1)) await drill.dlq(`discard ${name} --yes`);
  await drill.listed(/^run-task +0 dead letters/m);
  expect(await drill.dlq('list')).toMatch(/^delivery +1 dead letter\n/m);
});

describe.each(KINDS)('a delivery that meets a %s every time', (kind, fault, reason) => {
  it('is replayed by its reason, once, and poison stays', async () => {
    const path = `/drill-fast-${kind}`;
    const endpoint = await endpointAt(path);
    await drill.visibility('DeliveryQueueUrl', HURRIED_S);
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

    // As if a replay had been stopped between sending and removing: the same dead letter, once more.
    await drill.put('DeliveryDlqUrl', body);
    expect(await drill.dlq(`replay delivery --endpoint ${endpoint}`)).toMatch(/1 replayed, 0 kept\.$/);
    // Behind it in the same queue, so it is through when this one is.
    await webhooks({ id: await publish(path) });
    expect(await receiver().received({ id })).toHaveLength(1);
  });
});

it('the slow lane gives its dead back, a part at a time', async () => {
  const path = '/drill-slow?delay=5500&until=quick';
  const endpoint = await endpointAt(path);
  await attempted(endpoint, await publish(path)); // it is marked as slow
  await receiver().release('quick');
  await drill.visibility('SlowDeliveryQueueUrl', HURRIED_S);
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

it('a message to very many endpoints reaches each once when its part is replayed', async () => {
  const path = '/drill-wide';
  const COUNT = 101;
  for (let made = 0; made < COUNT; made += 10)
    await Promise.all(Array.from({ length: Math.min(10, COUNT - made) }, () => endpointAt(path)));
  await drill.visibility('FanOutQueueUrl', HURRIED_S);
  const ids: string[] = [];
  for (const [, fault] of KINDS) {
    const faults = await fault('fan-out.wide-read', RECEIVES);
    ids.push(await publish(path));
    await faults.reached(RECEIVES);
    await drill.listed(new RegExp(`^fan-out-wide +${ids.length} dead letters?`, 'm'));
  }
  // As deployed again: a page that takes longer than the visibility timeout is received twice, and its webhooks with it.
  await drill.visibility('FanOutQueueUrl', 180);
  expect(await drill.dlq('replay fan-out-wide --reason crash')).toMatch(/1 replayed, 0 kept\.$/);
  expect(await drill.dlq('replay fan-out-wide')).toMatch(/1 replayed, 0 kept\.$/);
  for (const id of ids) await webhooks({ id }, COUNT);
  for (const id of ids) expect(await receiver().received({ id })).toHaveLength(COUNT);
});

it('a background task whose dead letter is replayed goes on and sends each message once', async () => {
  const path = '/drill-task';
  const earlier = hookUrl(`/earlier${path}`);
  await organization.svix.endpoint.create(app, { url: earlier, channels: [channelOf(path)] });
  const id = await publish(path);
  // The message is fanned out when the earlier endpoint has it, so it is missing at the later one.
  await webhooks({ id, path: `/earlier${path}` });
  const endpoint = await endpointAt(path);
  const { svix } = organization;
  const since = new Date(Date.now() - 600_000);
  await drill.visibility('TaskQueueUrl', HURRIED_S);
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
  console.log('waiting for the leases of the runs that died, a minute');
  for (const task of tasks)
    await eventually(
      () => svix.backgroundTask.get(task),
      ({ status }) => status === BackgroundTaskStatus.Finished,
    );
  await webhooks({ id, path });
  await attempted(endpoint, id);
  expect(await receiver().received({ id, path })).toHaveLength(1);
});

it('in the end every dead letter queue is empty', async () => {
  await drill.dlq('discard delivery --yes');
  const text = await drill.dlq('list');
  expect(text.split('\n').every((line) => / 0 dead letters$/.test(line))).toBe(true);
});
