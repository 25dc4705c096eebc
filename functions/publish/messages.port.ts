import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { SchemaViolation } from '../catalog/event-types/json-schema.ts';
import type { MessageFilter } from '../messages/message-filter.domain.ts';
import type { Message, StoredPayload } from '../messages/message.domain.ts';
import type { ApplicationFields } from '../catalog/catalog.port.ts';
import type { TokenFacts } from '../catalog/tokens/token-marks.domain.ts';
import type { Page, TimePageRequest } from '../platform/pages/page.ts';
import type { LimitState } from './publish-limits/publish-limits.flow.ts';

/** What the caller says of a message. Instants are ms since 1970. */
export interface MessageContent {
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
  /** The body that receivers get, byte for byte. */
  readonly body: Uint8Array;
  /** null: JSON. */
  readonly contentType: string | null;
  /** null: the organization's setting. */
  readonly retentionHours: number | null;
  readonly deliverAt: number | null;
  readonly onlyEndpoint: EndpointId | null;
}

/** Where a request publishes, and how its repeats are recognized. */
interface PublishTarget {
  readonly orgId: OrgId;
  /** Id or uid, from the path. */
  readonly application: string;
  /**
   * The application to create if the one in the path does not exist. The caller checked that its uid equals the path's.
   */
  readonly implicit: ApplicationFields | null;
  /**
   * Identifies repeats of the request: a digest of credentials, idempotency key and URI; null: the request has no key.
   */
  readonly idempotency: string | null;
  /** Digest of the request's body, to detect a repeat with another body; null: not compared. */
  readonly requestDigest: string | null;
  /** The caller's token, to be refused if it was revoked; null: it was checked, or there is none. */
  readonly token: TokenFacts | null;
}

/** A request to publish a message. */
export interface PublishRequest extends PublishTarget, MessageContent {}

/** `body` is null if a repeat found that the payload has expired or was expunged. */
export type PublishOutcome =
  | {
      readonly kind: 'accepted';
      readonly message: Message;
      readonly body: Uint8Array | null;
      /** The state of the rate limits that apply; absent: none applies. */
      readonly limits?: readonly LimitState[];
      /** Violations of the event type's schema, of which the organization is only warned; absent: none. */
      readonly warnings?: readonly SchemaViolation[];
      /** Present if an earlier request with the key published the message; `mismatch`: with another body. */
      readonly replayed?: { readonly mismatch: boolean };
    }
  | { readonly kind: 'limited'; readonly limits: readonly LimitState[]; readonly retryAfterSeconds: number }
  | SchemaRefusal
  | { readonly kind: 'application-not-found' }
  | Conflict
  | { readonly kind: 'token-revoked' };

/** `isAhead`: the event id is reserved for a message that ingest has yet to write. */
interface Conflict {
  readonly kind: 'conflict';
  readonly isAhead?: true;
}

/** The payload violates the schema of its event type, and the organization refuses such messages. */
export interface SchemaRefusal {
  readonly kind: 'schema-violation';
  readonly violations: readonly SchemaViolation[];
}

export type Publish = (request: PublishRequest) => Promise<PublishOutcome>;

/** A request to publish up to 100 messages, each accepted or refused on its own. */
export interface BatchRequest extends PublishTarget {
  /** null: refused by its content. It keeps its place, from which message ids follow. */
  readonly items: readonly (MessageContent | null)[];
}

/**
 * What became of one item. `replayed`: an earlier request with the key published its message; `mismatch`: of another
 * item. `refused`: it was null. `failed`: our fault; a repeat under the key tries it again.
 */
export type BatchItemOutcome =
  | {
      readonly kind: 'accepted';
      readonly message: Message;
      readonly body: Uint8Array;
      readonly warnings?: readonly SchemaViolation[];
    }
  | SchemaRefusal
  | { readonly kind: 'replayed'; readonly message: Message; readonly mismatch: boolean }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'application-not-found' }
  | Conflict
  | { readonly kind: 'refused' };

export type BatchOutcome =
  | {
      readonly kind: 'answered';
      readonly appId: AppId;
      /** In the order of the request. */
      readonly items: readonly BatchItemOutcome[];
      readonly limits: readonly LimitState[];
    }
  | Exclude<PublishOutcome, { kind: 'accepted' | 'schema-violation' }>;

/** The port that publishes batches. */
export interface PublishBatch {
  /** Throws if nothing was accepted because of our fault. */
  readonly publish: (request: BatchRequest) => Promise<BatchOutcome>;
  /** The messages of an earlier request with the key; undefined: it accepted none. */
  readonly ofKey: (orgId: OrgId, digest: string) => Promise<readonly BatchItemOutcome[] | undefined>;
}

export interface MessageQuery extends TimePageRequest, MessageFilter {}

/** The port that reads accepted messages. */
export interface MessageReader {
  /** Finds a message by id or `eventId`. */
  find(orgId: OrgId, appId: AppId, idOrEventId: string): Promise<Message | undefined>;
  findMany(orgId: OrgId, appId: AppId, ids: readonly MessageId[]): Promise<readonly Message[]>;
  list(orgId: OrgId, appId: AppId, query: MessageQuery, nowMs: number): Promise<Page<Message>>;
  /** The bodies that receivers get, in the order of the messages; null for an expired or expunged payload. */
  bodies(messages: readonly Message[], nowMs: number): Promise<readonly (Uint8Array | null)[]>;
}

/** The message for which an idempotency key was first used. */
export interface Claim {
  readonly appId: AppId;
  readonly messageId: MessageId;
  readonly requestDigest: string | null;
}

/** `event-id-reserved`: ingest has reserved the event id for a message that it has not written yet. */
export interface Stored {
  readonly kind: 'stored' | 'id-taken' | 'event-id-taken' | 'event-id-reserved';
}

/** The port that stores accepted messages. Every write is idempotent. */
export interface MessageStore {
  /** Claims a key unless it has a claim, and returns the key's claim. Replaces `instead` if that is still the claim. */
  claim(
    digest: string,
    claim: Claim,
    orgId: Message['orgId'],
    nowMs: number,
    instead?: Claim,
  ): Promise<Claim>;
  claimed(digest: string, orgId: Message['orgId'], nowMs: number): Promise<Claim | undefined>;
  storePayload(orgId: Message['orgId'], id: MessageId, body: Uint8Array): Promise<StoredPayload>;
  /**
   * Writes a message. With an `eventId`, its reservation and the message are one transaction, which replaces a reservation that
   * was abandoned without its message.
   */
  store(message: Message, nowMs: number): Promise<Stored>;
  get(orgId: Message['orgId'], appId: Message['appId'], id: MessageId): Promise<Message | undefined>;
}
