import { describe, expect, it } from 'vitest';
import type { Received } from '../../../scripts/local/receiver/receiver-log.ts';
import { column } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import { eventually } from '../../support/poll.ts';
import { hookUrl, receiver } from '../../support/receiver.ts';
import { rowsOf } from '../../support/rows.ts';

/** Deliveries that wait for deliverAt or for an open circuit breaker: real minutes, so the tests run concurrently. */

const MINUTE_MS = 60_000;
const PATIENCE_MS = 10 * MINUTE_MS;
const waitingFor = (what: string) => console.log(`waiting for ${what}`);
const soon = { deadlineMs: PATIENCE_MS };

describe.concurrent('a delivery that waits', () => {
  it('for deliverAt is sent in that second to endpoints that are still eligible, and canceled for the others', async () => {
    const sender = await freshSender({ retrySchedule: [] });
    await sender.endpoint('on', '/waiting/on');
    await sender.endpoint('off', '/waiting/off');
    // deliverAt must be at least a minute ahead. Two more leave time for the set-up; the other test takes as long anyway.
    const at = Date.now() + 3 * MINUTE_MS;
    const publish = async (atMs: number) =>
      String((await sender.publish({ deliverAt: new Date(atMs).toISOString() }))['id']);
    const [kept, expunged, last] = await Promise.all([publish(at), publish(at), publish(at + 2_000)]);
    const due = async () => {
      const rows = await rowsOf('ControlTableName', 'due#');
      return rows.filter(({ sk }) => [kept, expunged, last].some((id) => sk.includes(id)));
    };
    await eventually(due, (rows) => rows.length === 6, { what: 'six due items were stored' });
    await sender.ask('PATCH', '/app/acme/endpoint/off', { disabled: true });
    expect((await sender.send('DELETE', `/app/acme/msg/${expunged}/content`)).status).toBe(204);
    expect(await receiver().received({ path: '/waiting/o' })).toEqual([]);

    waitingFor('deliverAt, three minutes ahead, and the sweeper');
    const [first] = await receiver().waitFor({ id: kept }, 1, PATIENCE_MS);
    await receiver().waitFor({ id: last }, 1, PATIENCE_MS);
    // SQS delays by whole seconds, so a delivery may be up to a second early.
    expect(first!.at).toBeGreaterThan(at - 1_000);
    await eventually(due, (rows) => rows.length === 0, { what: 'the due items were gone' });
    const attemptsOf = async (messageId: string) => {
      await sender.attempts(messageId, 2);
      const page = await sender.ask('GET', `/app/acme/attempt/msg/${messageId}?expanded_statuses=true`);
      const [urls, statuses, responses] = ['url', 'statusText', 'response'].map((name) => column(page, name));
      return urls!.map((url, index) => [String(url), statuses![index], responses![index]]).toSorted();
    };
    const off = [hookUrl('/waiting/off'), 'canceled', 'Canceled: the endpoint is disabled.'];
    expect(await attemptsOf(kept)).toEqual([off, [hookUrl('/waiting/on'), 'success', '']]);
    const gone = 'Canceled: the payload was expunged before the message was delivered.';
    expect(await attemptsOf(expunged)).toEqual(
      ['/waiting/off', '/waiting/on'].map((path) => [hookUrl(path), 'canceled', gone]),
    );
    const received = await receiver().received({ path: '/waiting/o' });
    expect(received.map(({ path, id }) => [path, id])).toEqual([
      ['/waiting/on', kept],
      ['/waiting/on', last],
    ]);
  });

  it('for a circuit breaker is parked while it is open, and sent once after a probe has succeeded', async () => {
    // The first three attempts of 35 messages make more than a hundred failures; the fourth starts after the breaker may open.
    const sender = await freshSender({ retrySchedule: [1, 1, 40, 20, 3_600] });
    await sender.endpoint('ep', '/breaking?status=500&until=repaired');
    const requests = () => receiver().received({ path: '/breaking' });
    const publish = async (count: number) =>
      Promise.all(Array.from({ length: count }, async () => String((await sender.publish())['id'])));
    const rows = async (what: string) =>
      (await rowsOf('ControlTableName', `o#${sender.orgId}#a#`)).filter(({ pk }) => pk.includes(what));
    const early = await publish(35);
    waitingFor('a hundred failures within 30 seconds, which open the circuit breaker');
    await eventually(
      () => rows('#health'),
      ([health]) => health?.['ou'] !== undefined,
      { ...soon, what: 'the breaker opened' },
    );

    const late = await publish(10);
    const all = [...early, ...late];
    waitingFor('all remaining deliveries to be parked');
    const parked = await eventually(
      () => rows('#parked#'),
      ({ length }) => length >= all.length,
      { ...soon, what: `${all.length} deliveries were parked` },
    );
    expect(parked).toHaveLength(all.length);
    const failed = await requests();
    for (const id of late) expect(await sender.attempts(id, 0)).toEqual([]);
    const sending = async () =>
      (await sender.ask('GET', '/app/acme/endpoint/ep/msg?status=3&limit=100'))['data'] as unknown[];
    expect(await sending()).toHaveLength(early.length);

    await receiver().release('repaired');
    waitingFor('the half-open breaker, its probe and the drain of parked deliveries');
    const succeeded = (received: readonly Received[]) =>
      received.filter(({ answered }) => answered === '200').map(({ id }) => String(id));
    await eventually(requests, (received) => succeeded(received).length >= all.length, {
      ...soon,
      what: 'all deliveries succeeded',
    });
    expect(succeeded(await requests()).toSorted()).toEqual(all.toSorted());
    // Parking used no attempt: the receiver got the early failures and one success for each delivery.
    expect(await requests()).toHaveLength(failed.length + all.length);
    for (const id of late) expect(await sender.attempts(id)).toMatchObject([{ statusText: 'success' }]);
    await eventually(sending, ({ length }) => length === 0, { what: 'no message was listed as Sending' });
    expect(await rows('#parked#')).toEqual([]);
    expect((await rows('#health'))[0]).not.toHaveProperty('ou');
  });
});
