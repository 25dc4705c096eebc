import type { FakeEndpoint } from './fake-data.ts';

export interface FakeState {
  endpoints: FakeEndpoint[];
  capabilities: string[] | null;
  headers: Record<string, Record<string, string>>;
  secrets: Record<string, string>;
  /** Every request of the page, as `GET /api/v1/...`. */
  readonly requests: string[];
  /** The same with their queries and bodies. */
  readonly asked: { readonly address: string; readonly body: Record<string, any> }[];
  /** Without messages, failures, event types and replays. */
  isEmpty: boolean;
  /** Every body that was served, to distinguish data from texts of the page. */
  readonly served: string[];
  /** Answers with this status instead. */
  failWith: number | null;
  expired: boolean;
}

export interface Call {
  readonly state: FakeState;
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, any>;
  readonly nowMs: number;
}

export type Answer = readonly [status: number, body?: unknown];
export type Route = readonly [method: string, path: RegExp, answer: (call: Call) => Answer];

/** A list of the API with all its items. */
export const list = (data: readonly unknown[], more: object = {}) => ({
  data,
  done: true,
  iterator: null,
  prevIterator: null,
  ...more,
});
export const NOT_FOUND: Answer = [404, { code: 'not_found', detail: 'Entity not found' }];
