import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type {
  OutboundRequest,
  OutboundResult,
} from '../../../functions/deliver/http-client/outbound.port.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { makeClock } from '../../support/simulation/clock.ts';
import { makeReceivers } from '../../support/simulation/receivers.ts';
import type { Answer } from '../../support/simulation/receivers.ts';
import { httpReceiver, testSender } from '../../unit/deliver/http-client/receiver.ts';

/** Sends one request to a receiver that gives this answer. */
type Send = (answer: Answer, timeoutMs?: number) => Promise<OutboundResult>;

const REQUEST: OutboundRequest = {
  url: 'https://receiver.example',
  signed: [['svix-id', 'msg_1']],
  custom: [],
  body: Buffer.from('{}'),
  timeoutMs: 60_000,
  allowedSubnets: [],
};

const fieldsOf = (result: OutboundResult): ReadonlyMap<string, string> =>
  result.kind === 'response' ? result.fields : new Map<string, string>();

const inMemory: Send = async (answer, timeoutMs = REQUEST.timeoutMs) => {
  const clock = makeClock(NOON);
  const receivers = makeReceivers(clock);
  receivers.answer(REQUEST.url, () => answer);
  const sending = receivers.send({ ...REQUEST, timeoutMs });
  await clock.runUntil(NOON + 120_000);
  return sending;
};

const overHttp: Send = async (
  { status = 200, body = '', retryAfter, delayMs = 0, reset = false },
  timeoutMs = REQUEST.timeoutMs,
) => {
  await using receiver = await httpReceiver((_, response) => {
    void wait(delayMs).then(() => {
      if (reset) return response.destroy();
      return response
        .writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
        .end(body);
    });
  });
  await using sender = testSender();
  return await sender.send({ url: receiver.url, signed: REQUEST.signed, timeoutMs });
};

describe.each([
  ['to scripted endpoints', inMemory],
  ['over HTTP', overHttp],
])('HTTP request %s', (_, send) => {
  it('returns the response for any status', async () => {
    for (const status of [200, 204, 302, 410, 503]) {
      const result = await send({ status, retryAfter: '7' });
      expect(result).toMatchObject({ kind: 'response', status, body: '' });
      expect(fieldsOf(result).get('retry-after')).toBe('7');
    }
    const result = await send({ body: 'thanks' });
    expect(result).toMatchObject({ body: 'thanks' });
    expect(fieldsOf(result).has('retry-after')).toBe(false);
  });

  it('fails at its timeout', async () => {
    const result = await send({ delayMs: 700 }, 400);
    expect(result).toMatchObject({ kind: 'error', cause: 'timeout_response', repeated: false });
    expect(result.durationMs).toBeGreaterThanOrEqual(399);
  });

  it('fails as closed when the receiver closes the connection, without a repeat', async () => {
    const result = await send({ reset: true });
    expect(result).toMatchObject({ kind: 'error', cause: 'connection_closed', repeated: false });
  });
});
