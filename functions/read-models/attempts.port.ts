import type { Attempt, AttemptOutcome } from '../deliver/attempts/attempt.domain.ts';
import type { AppId, AttemptId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { Page, TimePageRequest } from '../platform/pages/page.ts';
import type { AttemptFilter } from './attempt-filter.domain.ts';

export interface AttemptQuery extends TimePageRequest, AttemptFilter {
  /** null: any. */
  readonly outcomes: readonly AttemptOutcome[] | null;
  /** Whether the page needs response bodies; without, `response` may be empty. */
  readonly withContent: boolean;
}

/** The port to recorded attempts, newest first by attempt id. */
export interface AttemptReader {
  listByEndpoint(
    orgId: OrgId,
    appId: AppId,
    endpointId: EndpointId,
    query: AttemptQuery,
    nowMs: number,
  ): Promise<Page<Attempt>>;
  /** `endpointId` null: attempts at every endpoint. */
  listByMessage(
    orgId: OrgId,
    appId: AppId,
    messageId: MessageId,
    endpointId: EndpointId | null,
    query: AttemptQuery,
    nowMs: number,
  ): Promise<Page<Attempt>>;
  find(orgId: OrgId, appId: AppId, messageId: MessageId, id: AttemptId): Promise<Attempt | undefined>;
}
