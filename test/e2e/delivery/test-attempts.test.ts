import { beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';

const path = (endpoint: string) => `/app/acme/endpoint/${endpoint}/test-attempt`;

let sender: Sender;
beforeAll(async () => {
  sender = await freshSender();
  await sender.endpoint('good', '/tests/good?body=fine');
  await sender.endpoint('bad', '/tests/bad?status=503&body=busy');
});

describe('a test attempt', () => {
  it('returns the answer of the receiver to a signed request, and the same for a repeated key', async () => {
    const key = { 'idempotency-key': 'test-1' };
    const test = async () =>
      (await sender.send('POST', path('good'), { payload: { n: 1 } }, key)).json as Body;
    const tested = await test();
    expect(tested).toMatchObject({
      succeeded: true,
      request: { body: '{"n":1}' },
      response: { statusCode: 200, body: 'fine' },
    });
    expect(await sender.received(String(tested['messageId']))).toHaveLength(1);
    expect(await test()).toEqual(tested);
    const refused = await sender.send(
      'POST',
      path('good'),
      { eventType: 'nope' },
      { 'idempotency-key': 'test-2' },
    );
    expect(refused.status).toBe(404);
  });

  it('names the cause of a failure and leaves no attempt', async () => {
    const { id } = await sender.ask('GET', '/app/acme');
    const sendAsApplication = await sender.as(String(id));
    expect((await sendAsApplication('POST', path('bad'), {})).json).toMatchObject({
      succeeded: false,
      cause: { code: 'status_5xx' },
      response: { statusCode: 503, body: 'busy' },
    });
    const { data } = await sender.ask('GET', '/app/acme/attempt/endpoint/bad');
    expect(data).toEqual([]);
  });
});
