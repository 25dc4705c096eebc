import { expect, inject } from 'vitest';
import { freshOrganization } from './client.ts';
import type { ApiKind, Organization } from './client.ts';

/** A parsed answer, to be looked into without ceremony. */
export type Body = Record<string, any>;

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The parsed body; undefined where there is none or it is no JSON. */
  readonly json: any;
  readonly headers: Headers;
}

export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

const asBody = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);

const readAnswer = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return {
    status: response.status,
    text,
    json: isJson ? JSON.parse(text) : undefined,
    headers: response.headers,
  };
};

/** Sends requests below `/api/v1` as they are: strings and bytes are bodies, everything else becomes JSON. */
export const apiAt =
  (serverUrl: string, token: string | null): Send =>
  async (method, path, body, headers = {}) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${serverUrl}/api/v1${path}`, {
      method,
      headers: { ...authorization, ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: asBody(body) }),
    });
    return readAnswer(response);
  };

export interface Tenant extends Organization {
  /** As the organization. */
  readonly send: Send;
  /** The same, and throws unless it is a 2xx; the parsed body. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Body>;
  /** As the portal of one application. */
  readonly as: (appId: string) => Promise<Send>;
  /** Changes settings of the organization over the management API. */
  readonly settings: (patch: object) => Promise<void>;
}

const mustSucceed =
  (send: Send): Tenant['ask'] =>
  async (method, path, body) => {
    const answer = await send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    const json: Body = answer.json;
    return json;
  };

/** An organization that nobody used before, with raw requests beside the official client. */
export const freshTenant = async (kind?: ApiKind): Promise<Tenant> => {
  const organization = await freshOrganization(kind);
  const { serverUrl, managementUrl, orgId, token } = organization;
  const send = apiAt(serverUrl, token);
  return {
    ...organization,
    send,
    ask: mustSucceed(send),
    as: async (appId) => apiAt(serverUrl, await organization.tokenOf(appId)),
    settings: async (patch) => {
      const response = await fetch(`${managementUrl}/organization/${orgId}/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${inject('stack').managementToken}` },
        body: JSON.stringify(patch),
      });
      expect({ status: response.status, text: await response.text() }).toMatchObject({ status: 200 });
    },
  };
};

/** The complaints of a 422 as `loc type`, sorted: what is the same whatever the words. */
export const complaints = ({ json }: Answer): readonly string[] => {
  const detail: { loc: string[]; type: string }[] = json?.detail ?? [];
  return detail.map(({ loc, type }) => `${loc.join('/')} ${type}`).sort();
};

/** One field of every item of a page. */
export const column = ({ data }: Body, field: string): unknown[] => {
  const items: Body[] = data;
  return items.map((item): unknown => item[field]);
};
