import type { Deps } from './deps.ts';

/** One request to one operation. */
export interface Call {
  readonly deps: Deps;
  readonly request: Request;
  /** The bytes of the body, however often they are asked for. */
  readonly body: () => Promise<Uint8Array>;
  /** The gateway changed the body on the way. */
  readonly damaged: boolean;
  /** Path and query without trailing slashes of the path: what repeats of a request have in common. */
  readonly target: string;
  /** The query string, without its question mark. */
  readonly search: string;
  /** A parameter of the path, decoded. */
  readonly param: (name: string) => string;
  /** The ids that the request turned out to be about, for its log lines. */
  readonly about: { orgId?: string; appId?: string; messageId?: string };
}
