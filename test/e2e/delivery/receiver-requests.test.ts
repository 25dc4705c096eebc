import { expect, it } from 'vitest';
import { column } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { eventually } from '../../support/poll.ts';

/** What a receiver requests with the response header `webhook-delivery`. */
const DISABLE = 'header-webhook-delivery=disable';
const ABORT = 'header-webhook-delivery=abort-message';

const destination = async (sender: Sender, id: string) => {
  const { data } = await sender.ask('GET', `/app/acme/msg/${id}/endpoint`);
  return data[0] as unknown;
};

const isDisabled = async (sender: Sender): Promise<unknown> => {
  const { disabled } = await sender.ask('GET', '/app/acme/endpoint/ep');
  return disabled;
};

it('webhook-delivery: disable disables the endpoint at once; the status still decides the delivery', async () => {
  const sender = await freshSender();
  await sender.endpoint('ep', `/asks/disable?${DISABLE}`);
  const id = String((await sender.publish())['id']);
  expect(column({ data: await sender.attempts(id) }, 'statusText')).toEqual(['success']);
  await eventually(
    () => sender.ask('GET', '/app/acme/endpoint/ep'),
    ({ disabled }) => disabled === true,
  );
  const later = String((await sender.publish())['id']);
  expect((await sender.send('POST', `/app/acme/msg/${later}/endpoint/ep/resend`)).json).toMatchObject({
    code: 'endpoint_disabled',
  });
});

it('webhook-delivery: abort-message ends the retries of the message, which is exhausted', async () => {
  const sender = await freshSender({ retrySchedule: [1, 1] });
  await sender.endpoint('ep', `/asks/abort?status=503&${ABORT}`);
  const id = String((await sender.publish())['id']);
  await sender.attempts(id);
  await eventually(
    () => destination(sender, id),
    (state) => state !== undefined,
  );
  expect(await destination(sender, id)).toMatchObject({ statusText: 'fail', nextAttempt: null });
  expect((await sender.listed('ep', 'status=2', [id]))['data']).toHaveLength(1);
  expect(await isDisabled(sender)).toBe(false);
  expect(await sender.attempts(id)).toHaveLength(1);
});

it('webhook-delivery: abort-message in the answer to a resend leaves the scheduled retries as they are', async () => {
  const sender = await freshSender({ retrySchedule: [5] });
  await sender.endpoint('ep', '/asks/abort-resend?status=503');
  const id = String((await sender.publish())['id']);
  await sender.attempts(id);
  const { url } = await sender.ask('GET', '/app/acme/endpoint/ep');
  await sender.ask('PATCH', '/app/acme/endpoint/ep', { url: `${String(url)}&${ABORT}` });
  expect((await sender.send('POST', `/app/acme/msg/${id}/endpoint/ep/resend`)).status).toBe(202);
  // On a slow machine the scheduled retry may be sent before the resend; both are sent either way.
  const attempts = await sender.attempts(id, 3);
  expect(column({ data: attempts }, 'triggerType').toSorted()).toEqual([0, 0, 1]);
  expect(column({ data: attempts }, 'statusText')).toEqual(['fail', 'fail', 'fail']);
});

it('webhook-delivery is ignored on a redirect', async () => {
  const sender = await freshSender({ retrySchedule: [1] });
  await sender.endpoint('ep', `/asks/moved?redirect=https://example.com&${DISABLE}`);
  const moved = String((await sender.publish())['id']);
  expect(await sender.attempts(moved, 2)).toHaveLength(2);
  expect(await isDisabled(sender)).toBe(false);
});
