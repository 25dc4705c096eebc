import { expect, inject } from 'vitest';
import { freshOrganization } from './client.ts';
import type { ApiKind, Organization, Reach } from './client.ts';

/** A parsed response body. */
export type Body = Record<string, any>;

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The parsed body; undefined if it is empty or not JSON. */
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

/** Sends requests below `/api/v1`. Strings and bytes are sent unchanged, other bodies as JSON. */
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
  /** Sends with the token of the organization. */
  readonly send: Send;
  /** The same; returns the parsed body and throws unless the status is 2xx. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Body>;
  /** Sends with the token of one application. */
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

/** A new organization, with functions for raw requests beside the official client. */
export const freshTenant = async (kind?: ApiKind, reach?: Reach): Promise<Tenant> =>
  tenantOf(await freshOrganization(kind, reach));

export const tenantOf = (organization: Organization): Tenant => {
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

/** The errors of a 422 as `loc type`, sorted; the texts of messages are left out. */
export const complaints = ({ json }: Answer): readonly string[] => {
  const detail: { loc: string[]; type: string }[] = json?.detail ?? [];
  return detail.map(({ loc, type }) => `${loc.join('/')} ${type}`).sort();
};

/** One field of every item of a page. */
export const column = ({ data }: Body, field: string): unknown[] => {
  const items: Body[] = data;
  return items.map((item): unknown => item[field]);
};
