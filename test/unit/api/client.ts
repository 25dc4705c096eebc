import { SignJWT } from 'jose';
import { makeRouter } from '../../../functions/api/router.ts';
import { NOW, ORG, SECRET, makeSimulation } from './fakes.ts';
import type { Simulation } from './fakes.ts';

const SECONDS = Math.floor(NOW / 1000);

/** An organization token; `claims` override its defaults. */
export const token = (
  claims: Record<string, unknown> = {},
  header: object = { typ: 'JWT' },
  secret = SECRET,
) =>
  new SignJWT({ iss: 'test', sub: ORG, iat: SECONDS, nbf: SECONDS, exp: SECONDS + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(Buffer.from(secret));

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: any;
  readonly headers: Headers;
}

export interface Client {
  readonly simulation: Simulation;
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    damaged?: boolean,
  ) => Promise<Answer>;
}

const bytesOf = (body: unknown): Uint8Array<ArrayBuffer> | string =>
  body instanceof Uint8Array ? new Uint8Array(body) : typeof body === 'string' ? body : JSON.stringify(body);

/** Sends requests to a router over in-memory ports. Paths are passed unchanged, without URL normalization. */
export const makeClient = async (overrides: Parameters<typeof makeSimulation>[0] = {}): Promise<Client> => {
  const simulation = makeSimulation(overrides);
  const router = makeRouter(simulation.deps);
  const bearer = `Bearer ${await token()}`;
  return {
    simulation,
    send: async (method, path, body, headers = {}, damaged = false) => {
      const [before = '', ...query] = path.split('?');
      const request = new Request('https://api.test', {
        method,
        headers: { authorization: bearer, ...headers },
        ...(body === undefined ? {} : { body: bytesOf(body) }),
      });
      const response = await router.fetch({
        request,
        path: before,
        search: query.join('?'),
        damaged,
        baseUrl: 'https://api.test/prod',
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type') === 'application/json' && text !== '';
      return {
        status: response.status,
        text,
        json: isJson ? JSON.parse(text) : undefined,
        headers: response.headers,
      };
    },
  };
};

interface Complaint {
  readonly loc: readonly string[];
  readonly msg: string;
  readonly type: string;
}

/** The complaints of a 422 as `loc type`, sorted. */
export const complaints = ({ json }: Answer): string[] => {
  const detail: Complaint[] = json.detail;
  return detail.map(({ loc, type }) => `${loc.join('/')} ${type}`).sort();
};

/** One field of every item of a list. */
export const column = ({ json }: Answer, field: string): unknown[] => {
  const data: Record<string, unknown>[] = json.data;
  return data.map((item) => item[field]);
};
