import { describe, expect, it, vi } from 'vitest';
import { RangeTooLong } from '../../../../functions/platform/dynamodb/table.ts';
import { PAGE_BYTES } from '../../../../functions/platform/limits/memory.domain.ts';
import { messageId } from '../../../../functions/platform/ids/brand.domain.ts';
import { SUCCEEDED, startDelivering } from '../deliveries.ts';

const MIB = 1_048_576;
const MESSAGES = '/api/v1/app/acme/msg';
const SENT = '/api/v1/app/acme/endpoint/ep1/msg';

/** Forty messages of 1 MiB each, all sent to the endpoint; ids newest first. */
const start = async () => {
  const client = await startDelivering();
  const { send, simulation, recordAttempt } = client;
  for (const message of simulation.messages.all()) simulation.messages.remove(message);
  const ids: string[] = [];
  for (let index = 0; index < 40; index += 1) {
    const { json } = await send('POST', MESSAGES, { eventType: 'a', payload: { a: 'x'.repeat(MIB - 8) } });
    ids.unshift(String(json.id));
    recordAttempt({ ...SUCCEEDED, messageId: messageId(String(json.id)) });
  }
  return { ...client, ids };
};

interface List {
  readonly data: readonly { readonly id: string }[];
}

const idsOf = (json: List) => json.data.map(({ id }) => id);

describe.each([MESSAGES, SENT])('page of %s whose payloads exceed the byte limit of a page', (path) => {
  it('reads only the payloads that it returns and continues with the rest', async () => {
    const { send, simulation, ids } = await start();
    const bodies = vi.spyOn(simulation.deps.messages, 'bodies');
    const seen: string[] = [];
    let iterator = '';
    for (let done = false; !done;) {
      const { json, text, status } = await send('GET', `${path}?limit=250${iterator}`);
      expect(status).toBe(200);
      expect(text.length).toBeLessThan(PAGE_BYTES + MIB);
      seen.push(...idsOf(json as List));
      iterator = `&iterator=${json.iterator}`;
      done = json.done;
    }
    expect(seen).toEqual(ids);
    const read = bodies.mock.calls.map(([messages]) => messages.length);
    expect(Math.max(...read) * MIB).toBeLessThanOrEqual(PAGE_BYTES);
  });

  it('keeps the messages nearest to the iterator when it is walked backwards', async () => {
    const { send, ids } = await start();
    const { json } = await send('GET', `${path}?limit=250&iterator=-${ids.at(-1)}`);
    expect(json.done).toBe(false);
    expect(idsOf(json as List)).toEqual(ids.slice(-1 - json.data.length, -1));
    expect(json.prevIterator).toBe(`-${json.data[0].id}`);
  });

  it('contains all messages with with_content=false', async () => {
    const { send, ids } = await start();
    const { json } = await send('GET', `${path}?limit=250&with_content=false`);
    expect([idsOf(json as List), json.done]).toEqual([ids, true]);
  });
});

describe('attempts with their messages', () => {
  it('read only the payloads that are returned, and continue with the rest', async () => {
    const { send, simulation, ids } = await start();
    const bodies = vi.spyOn(simulation.deps.messages, 'bodies');
    const seen: string[] = [];
    let iterator = '';
    for (let done = false; !done;) {
      const path = `/api/v1/app/acme/attempt/endpoint/ep1?with_msg=true&with_details=true&limit=250${iterator}`;
      const { json, text } = await send('GET', path);
      expect(text.length).toBeLessThan(PAGE_BYTES + MIB);
      const data: readonly { readonly msg: { readonly id: string } }[] = json.data;
      seen.push(...data.map(({ msg }) => msg.id));
      iterator = `&iterator=${json.iterator}`;
      done = json.done;
    }
    expect(seen).toEqual(ids);
    const read = bodies.mock.calls.map(([messages]) => messages.length);
    expect(Math.max(...read) * MIB).toBeLessThanOrEqual(PAGE_BYTES);
  });
});

describe('attempts by message', () => {
  it('are refused when one request cannot read them all, with the parameter that narrows them', async () => {
    const { send, simulation, message } = await startDelivering();
    simulation.deps.attempts.listByMessage = () => Promise.reject(new RangeTooLong('too long'));
    const { status, json } = await send('GET', `/api/v1/app/acme/attempt/msg/${message.id}`);
    expect([status, json.code]).toEqual([400, 'limit_reached']);
    expect(json.detail).toContain('endpoint_id');
  });
});
