import type { Deps } from './deps.ts';

/** One request to one operation. */
export interface Call {
  readonly deps: Deps;
  readonly request: Request;
  /** Reads the body; repeated calls return the same bytes. */
  readonly body: () => Promise<Uint8Array>;
  /** Whether API Gateway changed the body. */
  readonly damaged: boolean;
  /** The URL of the API as the client reaches it, without a slash at its end; null: unknown. */
  readonly baseUrl: string | null;
  /** Path without trailing slashes, and query: part of the identity of a request under an idempotency key. */
  readonly target: string;
  /** The query string, without its question mark. */
  readonly search: string;
  /** A parameter of the path, decoded. */
  readonly param: (name: string) => string;
  /** Ids of the objects that the request concerns, set while it is processed, for its log lines. */
  readonly about: { orgId?: string; appId?: string; messageId?: string };
}
