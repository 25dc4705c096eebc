import createClient from 'openapi-fetch';
import type { Client } from 'openapi-fetch';
import { NoAnswer, problemOf } from './problem.ts';
import type { paths } from './schema.ts';

/** Longer than any function of the API may run. */
const TIMEOUT_MS = 35_000;

type Paths = paths;

export type Api = Client<Paths>;

export interface Access {
  readonly apiUrl: string;
  /** Null before login. */
  readonly token: string | null;
  /** Called when the API no longer accepts the token. */
  readonly onUnauthorized: () => void;
}

const jsonOf = async (response: Response): Promise<unknown> => {
  try {
    const body: unknown = await response.json();
    return body;
  } catch {
    return null;
  }
};

const isAbort = (thrown: unknown) => thrown instanceof DOMException && thrown.name === 'AbortError';
const isTimeout = (thrown: unknown) => thrown instanceof DOMException && thrown.name === 'TimeoutError';

const answer = async (request: Request): Promise<Response> => {
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return await fetch(request, {
      signal,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown;
    throw new NoAnswer(isTimeout(thrown) ? 'timeout' : 'network', thrown);
  }
};

/** Sends a request. Throws ApiError for every status above 299 and NoAnswer without one. */
const send =
  ({ token, onUnauthorized }: Access) =>
  async (request: Request): Promise<Response> => {
    if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
    const response = await answer(request);
    if (response.ok) return response;
    if (response.status === 401 && token !== null) onUnauthorized();
    throw problemOf(response.status, await jsonOf(response));
  };

/** The API, typed by its OpenAPI document. Use `dataOf` to read an answer. */
export const makeApi = (access: Access): Api =>
  createClient<Paths>({ baseUrl: access.apiUrl, fetch: send(access) });

/** The body of a successful answer. */
export const dataOf = <Data>(answered: { readonly data?: Data }): NonNullable<Data> => {
  const { data } = answered;
  if (data === undefined || data === null) throw problemOf(502, null);
  return data;
};

/** A fresh idempotency key: one for each click, so that a repeat by the browser has no second effect. */
export const idempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
