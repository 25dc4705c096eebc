import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { OperationalEvent } from '../domain-event.domain.ts';
import { derivedMessageId } from '../../platform/ids/ids.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import { MANAGEMENT_ORGANIZATION, operationalBody, subjectOf } from './operational-webhook.domain.ts';
import { messageLifetime } from '../../platform/limits/retention.domain.ts';
import type { Tenant, Tenants } from '../../catalog/catalog.port.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** The port to the messages of the management organization. */
export interface OperationalMessages {
  /** Writes the message. Does nothing if its id exists, which means a repeat. */
  store(message: Omit<Message, 'payload'>, body: string): Promise<void>;
}

export interface OperationalDeps {
  readonly tenants: Pick<Tenants, 'resolve'>;
  readonly messages: OperationalMessages;
  /** A deterministic digest of at least 15 bytes. */
  readonly digest: (text: string) => Uint8Array;
  /** The row retention of the stage; absent: the default. */
  readonly rowRetentionDays?: number;
}

export type PublishOperationally = (domainEvents: readonly OperationalEvent[]) => Promise<void>;

const grouped = <Key>(
  domainEvents: readonly OperationalEvent[],
  keyOf: (domainEvent: OperationalEvent) => Key,
) => Map.groupBy(domainEvents, keyOf);

/**
 * Stores events as messages of the management organization, in the application whose uid is the customer's organization
 * id. Without such an application they are dropped. Message ids are derived from event ids, so a repeat writes nothing.
 */
export const makeOperational = ({
  tenants,
  messages,
  digest,
  rowRetentionDays,
}: OperationalDeps): PublishOperationally => {
  const messageOf = (
    domainEvent: OperationalEvent,
    { application, settings }: Tenant,
  ): Omit<Message, 'payload'> => ({
    orgId: MANAGEMENT_ORGANIZATION,
    appId: application.id,
    id: derivedMessageId(domainEvent.at, digest(domainEvent.id)),
    eventType: domainEvent.type,
    eventId: null,
    channels: null,
    tags: null,
    contentType: null,
    ...messageLifetime({
      ...{ createdAt: domainEvent.at, deliverAt: null },
      retentionHours: settings.payloadRetentionDays * 24,
      retrySchedule: settings.retrySchedule,
      ...(rowRetentionDays !== undefined && { rowRetentionDays }),
    }),
    createdAt: domainEvent.at,
    deliverAt: null,
    onlyEndpoint: null,
  });

  const storeInOrder = async (domainEvents: readonly OperationalEvent[], tenant: Tenant) => {
    for (const domainEvent of domainEvents)
      await messages.store(messageOf(domainEvent, tenant), operationalBody(domainEvent));
  };

  const publishToOrganization = async (orgId: OrgId, domainEvents: readonly OperationalEvent[]) => {
    const tenant = await tenants.resolve(MANAGEMENT_ORGANIZATION, orgId);
    if (tenant === undefined) return;
    await settleAll([...grouped(domainEvents, subjectOf).values()].map((some) => storeInOrder(some, tenant)));
  };

  return async (domainEvents) => {
    const organizations = grouped(domainEvents, ({ orgId }) => orgId);
    await settleAll([...organizations].map(([orgId, some]) => publishToOrganization(orgId, some)));
  };
};
