import { expect, it } from 'vitest';
import { complaints, freshTenant } from '../../support/api.ts';

const schemas = { 1: { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] } };

it('payloads that violate the schema of their event type are refused, or accepted with a warning, as the organization wants', async () => {
  const { ask, send, settings } = await freshTenant();
  await ask('POST', '/app', { name: 'Acme', uid: 'acme' });
  await ask('POST', '/event-type', { name: 'order.paid', description: '', schemas });
  const publish = (payload: object) => send('POST', '/app/acme/msg', { eventType: 'order.paid', payload });
  const warning = async (payload: object) => (await publish(payload)).headers.get('schema-violations');
  expect(await warning({})).toBeNull();
  await settings({ schemaValidation: 'warn' });
  expect(await warning({ amount: 'x' })).toBe('payload.amount must be integer');
  expect(await warning({ amount: 1 })).toBeNull();
  await settings({ schemaValidation: 'reject' });
  const refused = await publish({ amount: 'x' });
  expect([refused.status, complaints(refused)]).toEqual([422, ['body/payload/amount value_error']]);
  expect((await publish({ amount: 1 })).status).toBe(202);
  // An acknowledged change applies to the next message.
  await ask('PATCH', '/event-type/order.paid', { schemas: { 1: { required: ['id'] } } });
  expect(complaints(await publish({ amount: 1 }))).toEqual(['body/payload/id value_error']);
  expect((await publish({ id: 'x' })).status).toBe(202);
  const batch = await ask('POST', '/app/acme/msg/batch', {
    data: [{}, { id: 'x' }].map((payload) => ({ eventType: 'order.paid', payload })),
  });
  expect((batch['data'] as { status: number }[]).map(({ status }) => status)).toEqual([422, 202]);
});
