import { expect, it } from 'vitest';
import { makeParkingStore } from '../../../functions/deliver/circuit-breaker/parking.dynamo.ts';
import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import {
  formatDelivery,
  formatQueueMessage,
  parseDelivery,
  parseQueueMessage,
} from '../../../functions/deliver/queue/queue-message.ts';
import { makeDue } from '../../../functions/deliver/retries/due-items.dynamo.ts';
import { allWaiting } from '../../../functions/fan-out/reconcile/reconcile.dynamo.ts';
import { NOON, attempt, delivery } from '../../support/simulation/builders.ts';
import { freshTable } from './tables.ts';
import { emulatorDynamo } from '../emulator.ts';

/** The waiting deliveries that `npm run reconcile` reads from the Control table. */

const SERIES = attempt().id;
const due = delivery({ trigger: { kind: 'scheduled', number: 2 } });
const parked = delivery({ trigger: { kind: 'scheduled', number: 3, series: SERIES } });
const releasedBefore = delivery({ trigger: { kind: 'scheduled', number: 4 }, released: 2 });

it('reconcile finds deliveries in due buckets and parked deliveries by their identity', async () => {
  const client = emulatorDynamo();
  const table = await freshTable(client);
  const records = { format: formatQueueMessage, parse: parseQueueMessage };
  await makeDue(client, table, records).put(due, NOON + 1_800_000, NOON);
  const parking = makeParkingStore(
    client,
    table,
    { format: formatDelivery, parse: parseDelivery },
    async () => {},
  );
  for (const one of [parked, releasedBefore]) await parking.put(one, NOON);
  const waiting = await allWaiting({ client, control: table, catalog: '', messages: '', deliveries: '' });
  expect(waiting).toEqual(
    new Map([
      [deliveryIdentity(due), 'due'],
      [deliveryIdentity(parked), 'parked'],
      [deliveryIdentity(releasedBefore), 'parked'],
    ]),
  );
});
