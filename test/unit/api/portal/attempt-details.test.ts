import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../functions/deliver/attempts/attempt.domain.ts';
import { CAUSES, explainAttempt } from '../../../../functions/deliver/explanation.domain.ts';
import { attempt } from '../../../support/simulation/builders.ts';
import { column, makeClient, token } from '../client.ts';
import { NOW, ORG } from '../fakes.ts';

const BODY = '{"id":1}';
const APP = '/api/v1/app/acme';

const start = async (some: Partial<Attempt> = {}) => {
  const client = await makeClient();
  const app = (await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
  const endpoint = (
    await client.send('POST', `${APP}/endpoint`, {
      url: 'https://user:word@receiver.example:8443/hooks?a=b',
      uid: 'ep1',
      headers: { 'X-Api-Key': 'hidden', 'X-Plain': 'shown' },
    })
  ).json;
  const message = (
    await client.send('POST', `${APP}/msg`, { eventType: 'order.paid', payload: { id: 1 }, eventId: 'evt1' })
  ).json;
  const failed = attempt({
    ...{ appId: app.id, messageId: message.id, endpointId: endpoint.id, url: endpoint.url },
    ...{ id: client.simulation.deps.ids.attempt(NOW), at: NOW, decision: { kind: 'retry', at: NOW + 5000 } },
    ...{ succeeded: false, responseStatusCode: 500, cause: 'status_5xx', response: 'boom' },
    ...{ trigger: { kind: 'scheduled', number: 3 }, responseDurationMs: 25 },
    responseHeaders: {
      fields: [
        ['content-type', 'text/plain'],
        ['set-cookie', null],
      ],
      truncated: false,
    },
    phases: { dnsMs: 1, connectMs: 2, tlsMs: 3 },
    ...some,
  });
  client.simulation.record(failed);
  const asApplication = async (claims: object) => ({
    authorization: `Bearer ${await token({ sub: app.id, org: ORG, ...claims })}`,
  });
  return { ...client, attempt: failed, endpoint, asApplication };
};

const one = (id: string) => `${APP}/msg/evt1/attempt/${id}?with_details=true`;
const LISTS = [`${APP}/attempt/endpoint/ep1?with_details=true`, `${APP}/attempt/msg/evt1?with_details=true`];

const valueOf = (details: any, name: string) => {
  const headers: { readonly name: string; readonly value: string | null }[] = details.request.headers;
  return headers.find((header) => header.name.toLowerCase() === name)?.value;
};

describe('with_details', () => {
  it('adds cause, request, response headers and what followed to a single attempt', async () => {
    const { send, attempt } = await start();
    const { json } = await send('GET', one(attempt.id));
    expect(json.details).toMatchObject({
      cause: {
        code: 'status_5xx',
        sentence: 'The endpoint failed with status 500.',
        advice: 'Check the logs of the server.',
      },
      request: { method: 'POST', url: attempt.url, asSent: true },
      response: {
        headers: [
          { name: 'content-type', value: 'text/plain' },
          { name: 'set-cookie', value: null },
        ],
        truncated: false,
      },
      durationMs: 25,
      phases: { dnsMs: 1, connectMs: 2, tlsMs: 3 },
      trigger: { kind: 'scheduled', number: 3, replayed: false },
      decision: 'retry',
      nextAttemptAt: '2026-11-23T04:20:01.838Z',
      receiverRequests: [],
    });
  });

  it('computes the headers of the request again, signature included, and hides sensitive values', async () => {
    const { send, attempt } = await start();
    const { details } = (await send('GET', one(attempt.id))).json;
    const { key } = (await send('GET', `${APP}/endpoint/ep1/secret`)).json;
    const seconds = Math.floor(NOW / 1000);
    const signature = createHmac('sha256', Buffer.from(String(key).slice('whsec_'.length), 'base64'))
      .update(`${attempt.messageId}.${seconds}.${BODY}`)
      .digest('base64');
    expect(details.request.headers).toEqual([
      { name: 'Host', value: 'receiver.example:8443' },
      { name: 'Connection', value: 'keep-alive' },
      { name: 'Accept', value: '*/*' },
      { name: 'Content-Type', value: 'application/json' },
      { name: 'User-Agent', value: expect.stringContaining('Posthorn/') },
      { name: 'Authorization', value: null },
      { name: 'svix-id', value: attempt.messageId },
      { name: 'svix-timestamp', value: String(seconds) },
      { name: 'svix-signature', value: `v1,${signature}` },
      { name: 'X-Api-Key', value: null },
      { name: 'X-Plain', value: 'shown' },
      { name: 'Content-Length', value: String(BODY.length) },
    ]);
  });

  it.each([
    [{ capabilities: ['ViewBase'] }, null],
    [{ capabilities: ['ViewBase', 'CreateAttempts'] }, null],
    [{ capabilities: ['ViewBase', 'ViewEndpointSecret'] }, expect.stringContaining('v1,')],
    [{}, expect.stringContaining('v1,')],
  ])('shows the signature to the application token %o only if it may see secrets', async (claims, shown) => {
    const { send, attempt, asApplication } = await start();
    const { json } = await send('GET', one(attempt.id), undefined, await asApplication(claims));
    expect(valueOf(json.details, 'svix-signature')).toEqual(shown);
  });

  it('says that the headers are not those that were sent once the endpoint was changed', async () => {
    const { send, attempt, simulation, endpoint } = await start();
    const [stored] = [...simulation.endpoints.values()].filter(({ id }) => id === endpoint.id);
    Object.assign(stored!, { updatedAt: NOW + 1 });
    const { details } = (await send('GET', one(attempt.id))).json;
    expect(details.request).toMatchObject({ asSent: false, url: attempt.url });
    expect(valueOf(details, 'svix-signature')).toBeNull();
    expect(valueOf(details, 'svix-id')).toBe(attempt.messageId);
  });

  it.each(LISTS)('adds details without signature and length to each attempt of %s', async (path) => {
    const { send } = await start();
    const [details] = column(await send('GET', path), 'details') as any[];
    expect(details).toMatchObject({ cause: { code: 'status_5xx' }, response: { truncated: false } });
    expect(valueOf(details, 'svix-signature')).toBeNull();
    expect(valueOf(details, 'x-plain')).toBe('shown');
    expect(valueOf(details, 'content-length')).toBeUndefined();
  });

  it.each(LISTS)('has no response headers where contents are withheld: %s', async (path) => {
    const { send } = await start();
    const [details] = column(await send('GET', `${path}&with_content=false`), 'details') as any[];
    expect(details.response).toBeNull();
  });

  it('of a success has no cause, and says if its response headers were not stored', async () => {
    const { send, attempt, simulation } = await start();
    const { responseHeaders: _headers, phases: _phases, ...bare } = attempt;
    const id = simulation.deps.ids.attempt(NOW);
    simulation.record({
      ...{ ...bare, id, succeeded: true, responseStatusCode: 200, cause: null },
      ...{ decision: { kind: 'succeeded' }, trigger: { kind: 'manual', request: 'r' } },
    });
    const { details } = (await send('GET', one(id))).json;
    expect(details).toMatchObject({ cause: null, phases: null, response: { headers: [], truncated: true } });
  });

  it('of a canceled delivery has neither request nor response', async () => {
    const { send, attempt } = await start({
      ...{ decision: { kind: 'canceled', reason: 'endpoint_disabled' }, cause: 'canceled:endpoint_disabled' },
      ...{ responseStatusCode: 0, trigger: { kind: 'manual', request: 'r' } },
    });
    const { details } = (await send('GET', one(attempt.id))).json;
    expect(details).toMatchObject({
      cause: { code: 'canceled:endpoint_disabled', sentence: 'Canceled: the endpoint is disabled.' },
      ...{ request: null, response: null, decision: 'canceled', nextAttemptAt: null },
      trigger: { kind: 'manual', number: null, replayed: false },
    });
  });

  it('is absent without the parameter', async () => {
    const { send, attempt } = await start();
    for (const path of [...LISTS, one(attempt.id)])
      expect((await send('GET', path.replace('?with_details=true', ''))).text).not.toContain('details');
  });
});

describe('the explanation of an attempt', () => {
  it.each(CAUSES)('exists for %s', (cause) => {
    const explained = explainAttempt(attempt({ cause, responseStatusCode: 404, responseDurationMs: 15_000 }));
    expect(explained).toMatchObject({ code: cause, sentence: expect.stringMatching(/^[A-Za-z].+\.$/) });
    expect(JSON.stringify(explained)).not.toMatch(/undefined|NaN/);
  });

  it('names the timeout that was in force', () => {
    const late = attempt({ cause: 'timeout_response', responseStatusCode: 0, responseDurationMs: 15_004 });
    expect(explainAttempt(late)?.sentence).toBe('The endpoint did not answer within 15 seconds.');
  });
});
