import { Svix } from 'svix';
import type { LocalStack } from '../local/local-file.ts';

/** An application with a history, for pictures of the page and for timings. */
export interface Demo {
  /** A link to its portal. */
  readonly link: string;
  readonly failingId: string;
  readonly healthyId: string;
  readonly messageId: string;
  /** Addresses of the receiver, and those that pictures show instead. */
  readonly shownAs: Readonly<Record<string, string>>;
}

const EVENT_TYPES: readonly (readonly [string, string])[] = [
  ['invoice.paid', 'A customer has paid an invoice.'],
  ['invoice.failed', 'A payment was refused by the bank.'],
  ['order.created', 'An order was placed.'],
  ['order.shipped', 'An order has left the warehouse.'],
  ['customer.updated', 'Name, address or language of a customer has changed.'],
];

const schemaOf = (name: string) => ({
  1: {
    title: name,
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', description: 'The id of the object' },
      amount: { type: 'integer', description: 'In cents' },
      currency: { type: 'string', enum: ['EUR', 'USD'] },
    },
    examples: [{ id: 'inv_8Q2x', amount: 4200, currency: 'EUR' }],
  },
});

const MESSAGES = 24;
/** From this message on, an endpoint fails. */
const BREAKS_AT = 18;

const addEventTypes = async (svix: Svix): Promise<void> => {
  for (const [name, description] of EVENT_TYPES) {
    const fields = { name, description, schemas: schemaOf(name), groupName: name.split('.')[0] ?? name };
    await svix.eventType.create(fields).catch(() => svix.eventType.patch(name, fields));
  }
};

/** Waits until a message has an attempt at each endpoint. */
const delivered = async (svix: Svix, appId: string, messageId: string, endpoints: number): Promise<void> => {
  for (let look = 0; look < 100; look += 1) {
    const { data } = await svix.messageAttempt.listByMsg(appId, messageId);
    if (new Set(data.map(({ endpointId }) => endpointId)).size >= endpoints) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The messages of the demonstration were not delivered in time.');
};

/** Makes the application on the stack of `npm start`, over the API. */
export const makeDemo = async (local: LocalStack): Promise<Demo> => {
  const svix = new Svix(local.token, { serverUrl: local.serverUrl });
  await addEventTypes(svix);
  const { id: appId } = await svix.application.create({ name: 'Northwind' });
  const orders = `${local.receiverUrl}/orders?header-content-type=application/json&body={"ok":true}`;
  const billing = `${local.receiverUrl}/billing`;
  const broken = `${billing}?status=503&body=upstream timed out`;
  const healthy = await svix.endpoint.create(appId, { url: orders, description: 'Order service' });
  const failing = await svix.endpoint.create(appId, { url: billing, description: 'Billing' });
  await svix.endpoint.create(appId, {
    url: 'https://erp.northwind.example/hooks',
    disabled: true,
    description: 'ERP',
  });
  let messageId = '';
  for (let number = 0; number < MESSAGES; number += 1) {
    if (number === BREAKS_AT) await svix.endpoint.patch(appId, failing.id, { url: broken });
    const [eventType] = EVENT_TYPES[number % EVENT_TYPES.length] ?? ['invoice.paid'];
    const payload = { id: `inv_${String(1042 + number)}`, amount: 4200 + 315 * number, currency: 'EUR' };
    ({ id: messageId } = await svix.message.create(appId, { eventType, payload }));
  }
  await delivered(svix, appId, messageId, 2);
  const { url: link } = await svix.authentication.appPortalAccess(appId, {});
  return {
    ...{ link, failingId: failing.id, healthyId: healthy.id, messageId },
    shownAs: {
      [healthy.url]: 'https://api.northwind.example/orders/webhooks',
      // The longer address first, since the other one is its beginning.
      [new URL(broken).href]: 'https://billing.northwind.example/webhooks',
      [broken]: 'https://billing.northwind.example/webhooks',
      [billing]: 'https://billing.northwind.example/webhooks',
    },
  };
};
