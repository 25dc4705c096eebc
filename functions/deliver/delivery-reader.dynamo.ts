import type { Delivery, DeliveryContext, DeliveryReader } from './delivery.port.ts';
import { findEndpoint } from '../catalog/endpoints/find-endpoint.domain.ts';
import { idTime, TICK_MS } from '../platform/ids/ids.domain.ts';
import { parseAttemptRow } from './attempts/attempt-row.ts';
import { FEW_TRIES, batchGet } from '../platform/dynamodb/batch-get.ts';
import { healthPlace } from './circuit-breaker/health.dynamo.ts';
import { currentHealth } from './circuit-breaker/health.domain.ts';
import { parseHealthRow } from './circuit-breaker/health-row.ts';
import { crowdingOf, crowdingPlace } from './lanes/crowding.dynamo.ts';
import { deliveryKeys, messageKeys } from '../platform/dynamodb/keys.ts';
import { parseMessageRow } from '../messages/message-row.ts';
import { TRIES, realPause } from '../platform/dynamodb/table.ts';
import type { EventualPlace, Place, Row } from '../platform/dynamodb/table.ts';
import type { Tenant } from '../catalog/catalog.port.ts';
import type { CatalogTenants } from '../catalog/snapshots/tenants.dynamo.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

export interface DeliveryTables {
  readonly client: DynamoClient;
  readonly catalog: string;
  readonly messages: string;
  readonly deliveries: string;
  readonly control: string;
}

/** A retry comes after the attempt before it, the first attempt of a series after the cancellation that names the series. */
const notBefore = ({ trigger }: Delivery, previous: Row | undefined): number => {
  const instant = previous?.['at'];
  if (typeof instant === 'number') return instant + TICK_MS;
  const canceledAt =
    trigger.kind === 'scheduled' && trigger.series !== undefined ? idTime(trigger.series) : undefined;
  return canceledAt === undefined ? 0 : canceledAt + TICK_MS;
};

/** Keeps only the endpoint that is delivered to: an application may have thousands, and a batch holds ten contexts. */
const withOneEndpoint = (tenant: Tenant | undefined, { endpointId }: Delivery): Tenant | undefined =>
  tenant && { ...tenant, endpoints: tenant.endpoints.filter(({ id }) => id === endpointId) };

/**
 * Reads what a batch of deliveries needs in one call over four tables. Strongly: revisions of settings and endpoints,
 * messages with their payloads, the recorded attempt and the one before it. With eventual consistency: the health of each
 * endpoint and the crowding of lanes (half a read unit for each distinct endpoint and for the batch, even if there is no item),
 * since decisions by them are conditional writes or delay a delivery at most (docs/decisions/0099). A row that cannot be parsed fails only the deliveries that need
 * it.
 */
export const makeDeliveryReader = (tables: DeliveryTables, tenants: CatalogTenants): DeliveryReader => {
  const message = ({ orgId, appId, messageId }: Delivery): Place => ({
    table: tables.messages,
    key: messageKeys.message(orgId, appId, messageId),
  });
  const attempt = (
    { orgId, appId, messageId, endpointId }: Delivery,
    trigger: Delivery['trigger'],
  ): Place => ({
    table: tables.deliveries,
    key: deliveryKeys.attempt(orgId, appId, messageId, endpointId, trigger),
  });
  const ended = ({ orgId, appId, messageId, endpointId }: Delivery): Place => ({
    table: tables.deliveries,
    key: deliveryKeys.ended(orgId, appId, messageId, endpointId),
  });
  /** The key of the attempt before a retry. Only for retries is it worth reading whether a resend ended the schedule. */
  const before = (delivery: Delivery): Place | undefined =>
    delivery.trigger.kind === 'scheduled' && delivery.trigger.number > 1
      ? attempt(delivery, { ...delivery.trigger, number: delivery.trigger.number - 1 })
      : undefined;

  const placesOf = (delivery: Delivery): readonly (Place | EventualPlace)[] => {
    const previous = before(delivery);
    return [
      message(delivery),
      attempt(delivery, delivery.trigger),
      { ...healthPlace(tables.control, delivery), eventual: true },
      ...(previous === undefined ? [] : [previous, ended(delivery)]),
    ];
  };

  return {
    async read(deliveries, patience) {
      const revisions = tenants.keysFor(deliveries).map((key) => ({ table: tables.catalog, key }));
      const crowding = crowdingPlace(tables.control, deliveries[0]?.messageId ?? '');
      const places = [
        ...revisions,
        { ...crowding, eventual: true } as const,
        ...deliveries.flatMap(placesOf),
      ];
      const tries = patience === 'brief' ? FEW_TRIES : TRIES;
      const found = await batchGet(tables.client, places, realPause, tries);
      const loading = tenants.loadEach(
        deliveries,
        (key) => found({ table: tables.catalog, key }),
        withOneEndpoint,
      );
      const crowded = crowdingOf(() => found(crowding));
      return deliveries.map((delivery, index) => async () => {
        const row = found(message(delivery));
        const recorded = found(attempt(delivery, delivery.trigger));
        const tenant = await loading[index]?.();
        const endpoint = findEndpoint(tenant, delivery.endpointId); // throws if its row cannot be parsed
        const previous = before(delivery);
        const previousRow = previous === undefined ? undefined : found(previous);
        const context: DeliveryContext = {
          message: row === undefined ? undefined : parseMessageRow(row),
          recorded: recorded === undefined ? undefined : parseAttemptRow(recorded),
          mayHaveDuplicate: previousRow?.['redone'] === true,
          notBefore: notBefore(delivery, previousRow),
          health: currentHealth(parseHealthRow(found(healthPlace(tables.control, delivery))), endpoint),
          crowding: crowded,
          endedByResend: previous !== undefined && found(ended(delivery)) !== undefined,
          tenant,
        };
        return context;
      });
    },
  };
};
