import { expect, it } from 'vitest';
import { column, complaints } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { eventually } from '../../support/poll.ts';

/** The recover task: which messages it sends again and which time ranges it accepts. */
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const at = (ms: number) => new Date(Date.now() + ms).toISOString();

const recover = (sender: Sender, body: object, uid = 'ep') =>
  sender.send('POST', `/app/acme/endpoint/${uid}/recover`, body);

/** Starts a recover task and waits until it has ended. */
const recovered = async (sender: Sender, body: object = { since: at(-10 * MINUTE) }) => {
  const { status, json } = await recover(sender, body);
  expect([status, json.status, json.task]).toEqual([202, 'running', 'endpoint.recover']);
  await eventually(
    () => sender.ask('GET', `/background-task/${String(json.id)}`),
    (task) => task['status'] !== 'running',
  );
};

it('recover: a message that failed and never succeeded is sent once more as a manual attempt', async () => {
  const sender = await freshSender({ retrySchedule: [] });
  await sender.endpoint('ep', '/recover?flap=1');
  const failed = await sender.publish();
  await sender.listed('ep', 'status=2', [String(failed['id'])]);
  await recovered(sender);
  expect(await sender.received(String(failed['id']), 2)).toHaveLength(2);
  const attempts = await sender.attempts(String(failed['id']), 2);
  expect(column({ data: attempts }, 'triggerType')).toEqual([1, 0]);
});

it('recover: messages that succeeded or are not between since and until are not sent', async () => {
  const sender = await freshSender({ retrySchedule: [] });
  await sender.endpoint('ep', '/recover/not');
  const good = await sender.publish();
  await sender.listed('ep', 'status=0', [String(good['id'])]);
  const { url } = await sender.ask('GET', '/app/acme/endpoint/ep');
  await sender.ask('PATCH', '/app/acme/endpoint/ep', { url: `${String(url)}?status=500` });
  const bad = await sender.publish();
  await sender.listed('ep', 'status=2', [String(bad['id'])]);
  await recovered(sender, { since: at(-2 * DAY), until: at(-DAY) });
  expect(await sender.received(String(bad['id']))).toHaveLength(1);
  await recovered(sender);
  expect(await sender.received(String(bad['id']), 2)).toHaveLength(2);
  expect(await sender.received(String(good['id']))).toHaveLength(1);
});

it('recover ignores the filters of the endpoint and is refused for a disabled endpoint', async () => {
  const sender = await freshSender({ retrySchedule: [] });
  await sender.endpoint('ep', '/recover/past?status=500');
  const { id } = await sender.publish();
  await sender.listed('ep', 'status=2', [String(id)]);
  await sender.ask('PATCH', '/app/acme/endpoint/ep', { channels: ['other'] });
  await recovered(sender);
  expect(await sender.received(String(id), 2)).toHaveLength(2);
  await sender.ask('PATCH', '/app/acme/endpoint/ep', { disabled: true });
  const refused = await recover(sender, { since: at(-MINUTE) });
  expect([refused.status, refused.json.code]).toEqual([400, 'endpoint_disabled']);
});

it('recover accepts ranges of 14 days and a minute, reversed ones and future ones, and refuses 15 days', async () => {
  const sender = await freshSender();
  await sender.endpoint('ep', '/unused');
  const status = async (body: object) => (await recover(sender, body)).status;
  expect(await status({ since: at(-14 * DAY - MINUTE) })).toBe(202);
  expect(await status({ since: at(-20 * DAY), until: at(-10 * DAY) })).toBe(202);
  expect(await status({ since: at(MINUTE) })).toBe(202);
  expect(await status({ since: at(-MINUTE), until: at(-DAY) })).toBe(202);
  const refused = await recover(sender, { since: at(-15 * DAY) });
  expect([refused.status, complaints(refused)]).toEqual([422, ['body/since value_error']]);
  const junk = await recover(sender, { since: 'yesterday' });
  expect([junk.status, complaints(junk)]).toEqual([422, ['body/since value_error.jsondecode']]);
});

it('recover: updatedAt of the task is the time of its last update', async () => {
  const sender = await freshSender();
  await sender.endpoint('ep', '/unused');
  const { json } = await recover(sender, { since: at(-MINUTE) });
  expect(Math.abs(Date.parse(String(json.updatedAt)) - Date.now())).toBeLessThan(MINUTE);
});
