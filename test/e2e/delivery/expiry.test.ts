import { describe, expect, it } from 'vitest';
import { appId, messageId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { messageKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import { receiver } from '../../support/receiver.ts';
import { rowsOf, setNumber } from '../../support/rows.ts';

/** Expiry of payloads and of stored responses. The tests move the expiry in the row instead of waiting for it. */

describe('a payload that expires between two attempts', () => {
  it('is not sent again and reads as expired, and its delivery is canceled', async () => {
    const sender = await freshSender({ retrySchedule: [1, 1] });
    const app = await sender.ask('GET', '/app/acme');
    await sender.endpoint('ep', '/expiring?flap=2&hold=expiry');
    const id = String((await sender.publish())['id']);
    await sender.received(id);
    // The receiver holds the first request, so no retry can start before the row is changed.
    const key = messageKeys.message(orgId(sender.orgId), appId(String(app['id'])), messageId(id));
    await setNumber('MessagesTableName', key, 'x', Date.now() - 1);
    await receiver().release('expiry');
    await sender.attempts(id);

    // A later message with the same schedule got all its attempts: the expired one would have been retried by now.
    const later = String((await sender.publish())['id']);
    await sender.received(later, 3);
    expect(await sender.received(id)).toHaveLength(1);
    const canceled = { response: 'Canceled: the payload expired before the message was delivered.' };
    const attempts = await sender.attempts(id, 2);
    expect(attempts).toMatchObject([{ status: 2, statusText: 'fail', ...canceled }, { statusText: 'fail' }]);
    expect(attempts).toHaveLength(2);
    const expanded = await sender.ask('GET', `/app/acme/attempt/msg/${id}?expanded_statuses=true`);
    expect(expanded['data']).toMatchObject([
      { status: 4, statusText: 'canceled', ...canceled },
      { status: 2 },
    ]);
    expect((await sender.send('GET', `/app/acme/msg/${id}`)).text).toContain('"payload":{"expired":true}');
    expect((await sender.ask('GET', `/app/acme/msg/${later}`))['payload']).toEqual({ n: 1 });
  });
});

describe('the stored response of an idempotency key', () => {
  const TWELVE_HOURS = 43_200;
  const MINUTE = 60;

  const answerRow = async (tenant: Tenant) => {
    const rows = await rowsOf('ControlTableName', `o#${tenant.orgId}#idem#`);
    expect(rows).toHaveLength(1);
    return rows[0]!;
  };
  /** Moves the expiry of the stored response, as if the request had been made this many seconds earlier. */
  const age = async (tenant: Tenant, seconds: number) => {
    const row = await answerRow(tenant);
    await setNumber('ControlTableName', row, 'ttl', Number(row['ttl']) - seconds);
  };

  it.each([
    ['an application', '/app', { name: 'x' }, 201],
    ['a message', '/app/acme/msg', { eventType: 'a', payload: {} }, 202],
  ])('that created %s is returned for 12 hours and no longer', async (_, path, body, status) => {
    const tenant = await freshTenant();
    await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
    const post = async () => {
      const answer = await tenant.send('POST', path, body, { 'idempotency-key': 'kept' });
      expect(answer.status).toBe(status);
      return answer.text;
    };
    const first = await post();
    await age(tenant, TWELVE_HOURS - MINUTE);
    expect(await post()).toBe(first);
    await age(tenant, MINUTE + 2);
    const second = await post();
    expect(second).not.toBe(first);
    expect(await post()).toBe(second);
  });
});
