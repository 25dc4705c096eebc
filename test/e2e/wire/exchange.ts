import { expect, it } from 'vitest';
import { apiAt } from '../../support/api.ts';
import type { Answer, Send, Tenant } from '../../support/api.ts';
import { eventually } from '../../support/poll.ts';
import { WORDS } from './masks.ts';

type Caller = 'organization' | 'application' | 'nobody' | 'junk';

/** One golden request with the answer that every gateway must give to it. */
export interface Exchange {
  readonly name: string;
  /** Method and path below `/api/v1`; `{name}` stands for what an earlier exchange kept. */
  readonly send: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Caller;
  readonly status: number;
  /** The whole body; '' for none. */
  readonly answer: unknown;
  /** Fields of the answer that later paths need, by the name they get. */
  readonly keep?: Readonly<Record<string, string>>;
  /** What it shows arrives a little later: asked until it is so. */
  readonly soon?: true;
}

export const refusal = (code: string) => ({ code, detail: WORDS });
export const NOT_FOUND = refusal('not_found');

/** The body of a 422: one complaint with such a place, about a value. */
export const wrong = (...loc: string[]) => ({ detail: [{ loc, msg: WORDS, type: 'value_error' }] });
/** The same where the text could not be decoded. */
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
    case 'nobody':
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

/** Plays the exchanges in order as tests of their own; later ones build on what earlier ones made. */
export const play = (tenantOf: () => Tenant, exchanges: readonly Exchange[]): void => {
  const kept = new Map<string, string>();
  it.each(exchanges)('$name: $status', async (exchange) => {
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
