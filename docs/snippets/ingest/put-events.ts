import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

const client = new EventBridgeClient({});

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly total: number;
}

const entryOf = ({ id, customer, total }: Order) => ({
  EventBusName: process.env['INGEST_BUS'],
  Source: 'posthorn.publish',
  // The event type.
  DetailType: 'order.created',
  Detail: JSON.stringify({
    // Id or uid of an application of Posthorn.
    application: customer,
    // A repeat with this id makes no second message. Without it the id of the event counts, which a repeat does not have.
    eventId: `order-${id}`,
    payload: { order: id, total },
  }),
});

/** Publishes up to ten orders. PutEvents may accept some and refuse others; those are sent again. */
export const publishOrders = async (orders: readonly Order[], tries = 5): Promise<void> => {
  const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: orders.map(entryOf) }));
  const refused = orders.filter((_, index) => Entries[index]?.EventId === undefined);
  if (refused.length === 0) return;
  if (tries <= 1) throw new Error(`EventBridge refused ${refused.length} of ${orders.length} events`);
  await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** (5 - tries)));
  await publishOrders(refused, tries - 1);
};
