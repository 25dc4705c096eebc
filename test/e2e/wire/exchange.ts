import { expect, it } from 'vitest';
import { apiAt } from '../../support/api.ts';
import type { Answer, Send, Tenant } from '../../support/api.ts';
import { eventually } from '../../support/poll.ts';
import { WORDS } from './masks.ts';

type Caller = 'organization' | 'application' | 'anonymous' | 'junk';

/** One golden request and the response that it gets through every gateway. */
export interface Exchange {
  readonly name: string;
  /** Method and path below `/api/v1`; `{name}` is replaced by a value that an earlier exchange kept. */
  readonly send: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Caller;
  readonly status: number;
  /** The whole response body; '' for none. */
  readonly answer: unknown;
  /** Fields of the response that later paths use, by the name that they use. */
  readonly keep?: Readonly<Record<string, string>>;
  /** The response becomes this one with a delay (read models); the request is repeated until then. */
  readonly soon?: true;
}

export const refusal = (code: string) => ({ code, detail: WORDS });
export const NOT_FOUND = refusal('not_found');

/** The body of a 422 with one invalid value at this location. */
export const wrong = (...loc: string[]) => ({ detail: [{ loc, msg: WORDS, type: 'value_error' }] });
/** The body of a 422 with one decoding error at this location. */
export const undecodable = (...loc: string[]) => ({
  detail: [{ loc, msg: WORDS, type: 'value_error.jsondecode' }],
});

const fill = (text: string, kept: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => kept.get(name) ?? `no-${name}`);

const senderOf = async (tenant: Tenant, as: Caller, kept: ReadonlyMap<string, string>): Promise<Send> => {
  switch (as) {
    case 'organization':
      return tenant.send;
    case 'application':
      return tenant.as(kept.get('app') ?? 'app_none');
    case 'anonymous':
      return apiAt(tenant.serverUrl, null);
    case 'junk':
      return apiAt(tenant.serverUrl, 'junk');
  }
};

const shown = ({ status, json, text, headers }: Answer) => ({
  status,
  type: text === '' ? '' : (headers.get('content-type') ?? ''),
  body: json === undefined ? text : (json as unknown),
});

/** Sends the requests in order, one test each; later ones use objects that earlier ones created. */
export const play = (tenantOf: () => Tenant, exchanges: readonly Exchange[]): void => {
  const kept = new Map<string, string>();
  it.each(exchanges)('$send answers $status: $name', async (exchange) => {
    const [method = '', path = ''] = exchange.send.split(' ');
    const send = await senderOf(tenantOf(), exchange.as ?? 'organization', kept);
    const expected = {
      status: exchange.status,
      type: exchange.answer === '' ? '' : 'application/json',
      body: exchange.answer,
    };
    const once = async () => {
      const answer = await send(method, fill(path, kept), exchange.body, exchange.headers);
      expect(shown(answer)).toEqual(expected);
      return answer;
    };
    const answer = exchange.soon === true ? await eventually(once) : await once();
    for (const [name, field] of Object.entries(exchange.keep ?? {}))
      kept.set(name, String(answer.json[field]));
  });
};
