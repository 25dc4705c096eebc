import type { AdmitPublish } from './publish-limits/publish-limits.flow.ts';
import type { CheckPayloads } from './schema-check/check-payload.flow.ts';
import type { ApplicationStore, Tenant } from '../catalog/catalog.port.ts';
import { matchingEndpoints } from '../catalog/endpoints/matching.domain.ts';
import { expectsManyAttempts } from '../messages/attempts-expected.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { MessageId } from '../platform/ids/brand.domain.ts';
import { messageLifetime } from '../platform/limits/retention.domain.ts';
import type { MessageLifetime } from '../platform/limits/retention.domain.ts';
import type { Step } from '../platform/steps/steps.ts';
import type { MessageContent, MessageStore, Stored } from './messages.port.ts';

export interface WriteMessageDeps {
  readonly messages: Pick<MessageStore, 'storePayload' | 'store'>;
  readonly now: () => number;
  readonly step: Step;
  /** The row retention of the stage; absent: the default. */
  readonly rowRetentionDays?: number;
}

/** What accepting a message needs, whichever way it comes. */
export interface AcceptDeps extends Omit<WriteMessageDeps, 'messages'> {
  readonly applications: Pick<ApplicationStore, 'create'>;
  /** The publish rate limit; absent: no limit. */
  readonly admit?: AdmitPublish;
  /** The check of payloads against the schemas of their event types; absent: no check. */
  readonly checkPayloads?: CheckPayloads;
}

/** Matching thousands of endpoints takes time, and changes nothing for an application that has only a few. */
const isIndexed = (content: MessageContent, { endpoints, settings }: Tenant): boolean =>
  expectsManyAttempts(endpoints.length, settings.retrySchedule) &&
  expectsManyAttempts(matchingEndpoints(endpoints, content).length, settings.retrySchedule);

/** When a message and its payload expire. */
export const lifetimeOf = (
  { deliverAt, retentionHours }: MessageContent,
  { settings: { retrySchedule, payloadRetentionDays } }: Tenant,
  createdAt: number,
  rowRetentionDays: number | undefined,
): MessageLifetime =>
  messageLifetime({
    ...{ createdAt, deliverAt, retrySchedule },
    retentionHours: retentionHours ?? payloadRetentionDays * 24,
    ...(rowRetentionDays !== undefined && { rowRetentionDays }),
  });

export interface Written {
  readonly stored: Stored['kind'];
  readonly message: Message;
}

/**
 * Writes a message under its id, once. The message item is its own transactional outbox, so a written message is never
 * lost. `at`: the instant of the id.
 */
export const makeWriteMessage =
  ({ messages, now, step, rowRetentionDays }: WriteMessageDeps) =>
  async (content: MessageContent, tenant: Tenant, id: MessageId, at: number): Promise<Written> => {
    const { orgId, id: appId } = tenant.application;
    const { deliverAt } = content;
    const message: Message = {
      orgId,
      appId,
      id,
      eventType: content.eventType,
      eventId: content.eventId,
      channels: content.channels,
      tags: content.tags,
      contentType: content.contentType,
      payload: await messages.storePayload(orgId, id, content.body),
      ...lifetimeOf(content, tenant, at, rowRetentionDays),
      createdAt: at,
      deliverAt,
      onlyEndpoint: content.onlyEndpoint,
      ...(isIndexed(content, tenant) && { indexed: true }),
    };
    await step('publish.payload-stored');
    const stored = await messages.store(message, now());
    await step('publish.stored');
    return { stored: stored.kind, message };
  };
