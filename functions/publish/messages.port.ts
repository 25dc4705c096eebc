import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { Message, StoredPayload } from '../messages/message.domain.ts';
import type { ApplicationFields } from '../catalog/catalog.port.ts';
import type { Page, TimePageRequest } from '../platform/pages/page.ts';
import type { LimitState } from './publish-limits/publish-limits.flow.ts';

/** What a publish asks for. Instants are ms since 1970. */
export interface PublishRequest {
  readonly orgId: OrgId;
  /** Id or uid, as it stands in the path. */
  readonly application: string;
  /** Created on the fly where the path's application does not exist; its uid equals the path value (checked before). */
  readonly implicit: ApplicationFields | null;
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
  /** What receivers get, byte for byte. */
  readonly body: Uint8Array;
  /** null: JSON. */
  readonly contentType: string | null;
  /** null: the organization's setting. */
  readonly retentionHours: number | null;
  readonly deliverAt: number | null;
  readonly onlyEndpoint: EndpointId | null;
  /** Identifies repeats of one request (a digest of credentials, key and URI); null: none was given. */
  readonly idempotency: string | null;
  /** Digest of the request's own body, so that a repeat with another body can be marked; null: not asked for. */
  readonly requestDigest: string | null;
}

/** `body` is null where a repeat found its payload expired or expunged. */
export type PublishOutcome =
  | {
      readonly kind: 'accepted';
      readonly message: Message;
      readonly body: Uint8Array | null;
      /** What is left of the limits that apply, where there are any. */
      readonly limits?: readonly LimitState[];
      /** Present where an earlier request with the key made this message; `mismatch`: its body was another one. */
      readonly replayed?: { readonly mismatch: boolean };
    }
  | { readonly kind: 'limited'; readonly limits: readonly LimitState[]; readonly retryAfterSeconds: number }
  | { readonly kind: 'application-not-found' }
  | { readonly kind: 'conflict' };

export type Publish = (request: PublishRequest) => Promise<PublishOutcome>;

export interface MessageQuery extends TimePageRequest {
  readonly channel: string | null;
  readonly tag: string | null;
  readonly eventTypes: readonly string[] | null;
}

/** The port to accepted messages. */
export interface MessageReader {
  /** By id or eventId. */
  find(orgId: OrgId, appId: AppId, idOrEventId: string): Promise<Message | undefined>;
  findMany(orgId: OrgId, appId: AppId, ids: readonly MessageId[]): Promise<readonly Message[]>;
  list(orgId: OrgId, appId: AppId, query: MessageQuery, nowMs: number): Promise<Page<Message>>;
  /** The bytes receivers get; null once expired or expunged. Many at once, in the order given. */
  bodies(messages: readonly Message[], nowMs: number): Promise<readonly (Uint8Array | null)[]>;
}

/** What an idempotency key was first used for. */
export interface Claim {
  readonly appId: AppId;
  readonly messageId: MessageId;
  readonly requestDigest: string | null;
}

export type Stored =
  { readonly kind: 'stored' } | { readonly kind: 'id-taken' } | { readonly kind: 'event-id-taken' };

/** The port to accepted messages, as publishing needs it. Every write is safe to repeat. */
export interface MessageStore {
  /**
   * The claim that this key has now: `claim` where there was none, else the first one's. `instead` is replaced where it
   * still is the key's claim.
   */
  claim(
    digest: string,
    claim: Claim,
    orgId: Message['orgId'],
    nowMs: number,
    instead?: Claim,
  ): Promise<Claim>;
  claimed(digest: string, orgId: Message['orgId'], nowMs: number): Promise<Claim | undefined>;
  storePayload(orgId: Message['orgId'], id: MessageId, body: Uint8Array): Promise<StoredPayload>;
  /** With an eventId, its reservation and the message are one transaction. */
  store(message: Message, nowMs: number): Promise<Stored>;
  get(orgId: Message['orgId'], appId: Message['appId'], id: MessageId): Promise<Message | undefined>;
}
