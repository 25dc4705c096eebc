import { describe, expect, it } from 'vitest';
import { violationHeaders } from '../../../../functions/api/schema-violations.ts';
import type { Answer } from '../client.ts';
import { complaints, makeClient, token } from '../client.ts';
import { ORG } from '../fakes.ts';

const SETTINGS = `/management/v1/organization/${ORG}/settings`;
const MSG = '/api/v1/app/acme/msg';
const TYPE = '/api/v1/event-type/order.paid';
const schemas = {
  1: {
    type: 'object',
    properties: { amount: { type: 'integer' }, name: { type: 'string' } },
    required: ['amount'],
  },
};

interface Item {
  readonly status: number;
  readonly detail?: readonly { readonly loc: readonly string[] }[];
  readonly replayed?: boolean;
  readonly schemaViolations?: readonly { readonly msg: string }[];
}
const itemsOf = ({ json }: Answer): readonly Item[] => json.data as readonly Item[];

const start = async (schemaValidation: string) => {
  const { send, simulation } = await makeClient();
  const management = {
    authorization: `Bearer ${await token({ sub: 'management', aud: 'posthorn-management' })}`,
  };
  await send('PATCH', SETTINGS, { schemaValidation }, management);
  await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await send('PUT', TYPE, { description: '', schemas });
  const publish = (payload: unknown, headers: Record<string, string> = {}) =>
    send('POST', MSG, { eventType: 'order.paid', payload }, headers);
  return { send, publish, simulation };
};

describe('schema validation of messages', () => {
  it('names faults in a header with ASCII alone, within its limit', () => {
    const path = ['größe'];
    expect(
      violationHeaders([
        { path, message: 'x' },
        { path: [], message: 'y' },
      ]),
    ).toEqual({
      'schema-violations': 'payload.gr\\u00f6\\u00dfe x; payload y',
    });
    const long = violationHeaders([{ path: ['ö'.repeat(900)], message: 'x' }])['schema-violations'];
    expect(long).toHaveLength(1_000);
    expect(violationHeaders(undefined)).toEqual({});
  });

  it('reject: answers 422 with the path of the fault, and stores nothing', async () => {
    const { publish, send } = await start('reject');
    const refused = await publish({ amount: 1.5 });
    expect([refused.status, refused.json]).toEqual([
      422,
      {
        detail: [
          { loc: ['body', 'payload', 'amount'], msg: 'payload.amount must be integer', type: 'value_error' },
        ],
      },
    ]);
    expect(complaints(await publish({}))).toEqual(['body/payload/amount value_error']);
    expect((await publish({ amount: 1 })).status).toBe(202);
    const { json } = await send('GET', MSG);
    expect(json.data).toHaveLength(1);
  });

  it('warn: accepts the message and names the fault in a header', async () => {
    const { publish, simulation } = await start('warn');
    const warned = await publish({ amount: 'ä' });
    expect([warned.status, warned.headers.get('schema-violations')]).toEqual([
      202,
      'payload.amount must be integer',
    ]);
    expect((await publish({ amount: 1 })).headers.get('schema-violations')).toBeNull();
    expect(simulation.violations.map(({ refused }) => refused)).toEqual([false]);
  });

  it('off: accepts everything', async () => {
    const { publish } = await start('off');
    const { status, headers } = await publish({});
    expect([status, headers.get('schema-violations')]).toEqual([202, null]);
  });

  it('a change of the schema applies to the next message, and a repeat still gets its first answer', async () => {
    const { publish, send } = await start('reject');
    const first = await publish({ amount: 1 }, { 'idempotency-key': 'k' });
    await send('PATCH', TYPE, { schemas: { 1: { required: ['name'] } } });
    const repeat = await publish({ amount: 1 }, { 'idempotency-key': 'k' });
    expect([repeat.status, repeat.json.id, repeat.headers.get('idempotency-replayed')]).toEqual([
      ...[202, first.json.id, 'true'],
    ]);
    expect((await publish({ amount: 1 }, { 'idempotency-key': 'other' })).status).toBe(422);
    expect((await publish({ amount: 1, name: 'x' }, { 'idempotency-key': 'other' })).status).toBe(202);
  });

  it('a batch answers each message on its own, with its faults', async () => {
    const items = [{ amount: 1 }, { amount: 'x' }, {}].map((payload) => ({
      eventType: 'order.paid',
      payload,
    }));
    const rejecting = await start('reject');
    const refused = await rejecting.send('POST', `${MSG}/batch`, { data: items }, { 'idempotency-key': 'k' });
    expect(itemsOf(refused).map((one) => [one.status, one.detail?.[0]?.loc.join('/')])).toEqual([
      [202, undefined],
      [422, 'body/payload/amount'],
      [422, 'body/payload/amount'],
    ]);
    const repeat = await rejecting.send('POST', `${MSG}/batch`, { data: items }, { 'idempotency-key': 'k' });
    expect(itemsOf(repeat).map((one) => [one.status, one.replayed])).toEqual([
      [202, true],
      [422, undefined],
      [422, undefined],
    ]);
    expect(repeat.json.data[0].id).toBe(refused.json.data[0].id);
    const none = await rejecting.send('POST', `${MSG}/batch`, { data: items.slice(1) });
    expect(itemsOf(none).map((one) => one.status)).toEqual([422, 422]);
    const warning = await start('warn');
    const warned = await warning.send('POST', `${MSG}/batch`, { data: items });
    expect(itemsOf(warned).map((one) => [one.status, one.schemaViolations?.[0]?.msg])).toEqual([
      [202, undefined],
      [202, 'payload.amount must be integer'],
      [202, "payload.amount must have required property 'amount'"],
    ]);
  });

  it('examples are sent without a check', async () => {
    const { send } = await start('reject');
    await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test', uid: 'ep1' });
    const sent = await send('POST', '/api/v1/app/acme/endpoint/ep1/send-example', {
      ...{ eventType: 'order.paid', payload: {} },
    });
    expect(sent.status).toBe(200);
  });
});
