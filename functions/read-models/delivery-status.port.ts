import type { AttemptFilter } from './attempt-filter.domain.ts';
import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { EndpointMessage, Progress } from './messages-by-endpoint/endpoint-messages.domain.ts';
import type { Page, PageRequest, TimePageRequest } from '../platform/pages/page.ts';

/** Filters by the latest attempt. */
export interface EndpointMessageQuery extends TimePageRequest, AttemptFilter {
  /** Only this message; null: every one. */
  readonly messageId: MessageId | null;
  /** null: every message with an attempt. */
  readonly progress: Progress | null;
}

/** The port to the delivery status of messages at endpoints. */
export interface DeliveryStatusReader {
  /** The messages with an attempt at an endpoint, newest first by message id, each with its latest state. */
  messages(
    orgId: OrgId,
    appId: AppId,
    endpointId: EndpointId,
    query: EndpointMessageQuery,
    nowMs: number,
  ): Promise<Page<EndpointMessage>>;
  /** The latest state of a message at each endpoint, ascending by endpoint id. */
  destinations(
    orgId: OrgId,
    appId: AppId,
    messageId: MessageId,
    page: Pick<PageRequest, 'limit' | 'cursor'>,
  ): Promise<Page<EndpointMessage>>;
}
