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
    const begunAt = Date.now();
    const sender = await freshSender({ retrySchedule: [] });
    await sender.endpoint('on', '/waiting/on');
    await sender.endpoint('off', '/waiting/off');
    // deliverAt must be at least a minute ahead. Two more, and more on a slow machine, leave time for the other requests; the
    // other test takes as long anyway.
    const at = Date.now() + 3 * MINUTE_MS + 5 * (Date.now() - begunAt);
    const publish = async (atMs: number) =>
      String((await sender.publish({ deliverAt: new Date(atMs).toISOString() }))['id']);
    const [kept, expunged, last] = await Promise.all([publish(at), publish(at), publish(at + 2_000)]);
    const due = async () => {
      const rows = await rowsOf('ControlTableName', 'due#');
      return rows.filter(({ sk }) => [kept, expunged, last].some((id) => sk.includes(id)));
    };
    await eventually(due, (rows) => rows.length === 6, { ...soon, what: 'six due items were stored' });
    await sender.ask('PATCH', '/app/acme/endpoint/off', { disabled: true });
    expect((await sender.send('DELETE', `/app/acme/msg/${expunged}/content`)).status).toBe(204);
    expect(await receiver().received({ path: '/waiting/o' })).toEqual([]);

    waitingFor(`deliverAt, ${new Date(at).toISOString()}, and the sweeper`);
    const [first] = await receiver().waitFor({ id: kept }, 1, PATIENCE_MS);
    await receiver().waitFor({ id: last }, 1, PATIENCE_MS);
    // SQS delays by whole seconds, so a delivery may be up to a second early.
    expect(first!.at).toBeGreaterThan(at - 1_000);
    await eventually(due, (rows) => rows.length === 0, { ...soon, what: 'the due items were gone' });
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
    expect(received.map(({ path, id }) => `${path} ${id ?? ''}`).toSorted()).toEqual(
      [kept, last].map((id) => `/waiting/on ${id}`).toSorted(),
    );
  });

  it('for a circuit breaker is parked while it is open, and sent once after a probe has succeeded', async () => {
    // The first three attempts of 35 messages make more than a hundred failures; the later ones start after the breaker may
    // open. There are many of those, since on a busy machine some messages get several before others get their first.
    const sender = await freshSender({ retrySchedule: [1, 1, ...Array.from({ length: 30 }, () => 40)] });
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
    await eventually(
      () => rows('#parked#'),
      ({ length }) => length >= all.length,
      { ...soon, what: `${all.length} deliveries were parked` },
    );
    const sending = async () =>
      column(await sender.ask('GET', '/app/acme/endpoint/ep/msg?status=3&limit=100'), 'id').map(String);
    await eventually(sending, (ids) => early.every((id) => ids.includes(id)), {
      ...soon,
      what: 'the messages that failed were listed as Sending',
    });

    await receiver().release('repaired');
    waitingFor('the half-open breaker, its probe and the drain of parked deliveries');
    const succeeded = (received: readonly Received[]) =>
      received.filter(({ answered }) => answered === '200').map(({ id }) => String(id));
    await eventually(requests, (received) => new Set(succeeded(received)).size >= all.length, {
      ...soon,
      what: 'all deliveries succeeded',
    });
    expect(succeeded(await requests()).toSorted()).toEqual(all.toSorted());
    // Parking used no attempt: of the late messages only probes failed, one each time that the breaker was half-open.
    const failed = (await requests()).filter(
      ({ id, answered }) => late.includes(String(id)) && answered !== '200',
    );
    expect(failed.length).toBeLessThan(late.length / 2);
    for (const id of late) {
      const attempts = await eventually(
        () => sender.attempts(id),
        ([newest]) => newest?.['statusText'] === 'success',
        soon,
      );
      expect(attempts).toHaveLength(1 + failed.filter((one) => one.id === id).length);
    }
    await eventually(sending, ({ length }) => length === 0, { what: 'no message was listed as Sending' });
    await eventually(
      () => rows('#parked#'),
      ({ length }) => length === 0,
      { what: 'no delivery was parked' },
    );
    await eventually(
      () => rows('#health'),
      ([health]) => health?.['ou'] === undefined,
      { what: 'the breaker closed' },
    );
  });
});
