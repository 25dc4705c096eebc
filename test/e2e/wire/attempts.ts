import { NOT_FOUND, refusal, wrong } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { ATMPT, EP, MSG, NUMBER, TIME, before } from './masks.ts';

/** Needs the application `acme` and a retry schedule whose first delay is longer than these exchanges take. */
export const attempts = (hook: string): readonly Exchange[] => {
  const good = `${hook}/ok?body=fine`;
  const bad = `${hook}/bad?status=500&body=boom`;
  const endpoint = (url: string, uid: string) => ({
    ...{ description: '', rateLimit: null, throttleRate: null, uid, url, version: 1, disabled: false },
    ...{ eventTypes: null, filterTypes: null, channels: null, createdAt: TIME, updatedAt: TIME, id: EP },
  });
  const create = (url: string, uid: string): Exchange => ({
    name: `given the endpoint ${uid}`,
    send: 'POST /app/acme/endpoint',
    body: { url, uid },
    status: 201,
    answer: { ...endpoint(url, uid), metadata: {} },
  });
  const paid = { eventId: 'evt1', eventType: 'order.paid', payload: { n: 1 }, channels: null };
  const message = { ...paid, id: MSG, timestamp: TIME };
  const tried = {
    ...{ triggerType: 0, msgId: MSG, endpointId: EP, id: ATMPT, timestamp: TIME },
    responseDurationMs: NUMBER,
  };
  const went = { ...tried, url: good, response: 'fine', responseStatusCode: 200 };
  const succeeded = { ...went, status: 0, statusText: 'success' };
  const failed = {
    ...{ ...tried, url: bad, response: 'boom', responseStatusCode: 500 },
    ...{ status: 2, statusText: 'fail' },
  };
  const page = (prefix: string, last: unknown, ...data: object[]) => ({
    ...{ data, iterator: last, prevIterator: before(prefix), done: true },
  });
  const empty = { data: [], iterator: null, done: true };
  const byEndpoint = (uid: string, query = '') => `GET /app/acme/attempt/endpoint/${uid}/${query}`;
  return [
    create(good, 'good'),
    create(bad, 'bad'),
    {
      name: 'given a message',
      send: 'POST /app/acme/msg',
      body: { eventType: 'order.paid', eventId: 'evt1', payload: { n: 1 } },
      status: 202,
      answer: message,
      keep: { msg: 'id' },
    },
    {
      name: 'attempts by endpoint',
      send: byEndpoint('good', '?limit=1'),
      status: 200,
      answer: page('atmpt_', ATMPT, succeeded),
      soon: true,
      keep: { success: 'iterator' },
    },
    {
      name: 'attempts by endpoint without content',
      send: byEndpoint('good', '?with_content=false'),
      status: 200,
      answer: page('atmpt_', ATMPT, { ...succeeded, response: '{}' }),
    },
    {
      name: 'failed attempts by endpoint',
      send: byEndpoint('bad', '?status=2&limit=1&status_code_class=500'),
      status: 200,
      answer: page('atmpt_', ATMPT, failed),
      soon: true,
    },
    {
      name: 'attempts with status sending, which no attempt has',
      send: byEndpoint('bad', '?status=3'),
      status: 200,
      answer: empty,
    },
    {
      name: 'attempts with status canceled',
      send: byEndpoint('bad', '?status=4'),
      status: 200,
      answer: empty,
    },
    {
      name: 'attempts with an unknown status',
      send: byEndpoint('bad', '?status=5'),
      status: 400,
      answer: refusal('generic_error'),
    },
    {
      name: 'attempts with an unknown status code class',
      send: byEndpoint('bad', '?status_code_class=150'),
      status: 400,
      answer: refusal('generic_error'),
    },
    {
      name: 'attempts with a bad iterator',
      send: byEndpoint('bad', '?iterator=msg_1'),
      status: 422,
      answer: wrong('query', 'iterator', '__all__'),
    },
    { name: 'attempts at an unknown endpoint', send: byEndpoint('nope'), status: 404, answer: NOT_FOUND },
    {
      name: 'attempts by message at one endpoint',
      send: 'GET /app/acme/attempt/msg/evt1/?endpoint_id=bad',
      status: 200,
      answer: page('atmpt_', ATMPT, failed),
    },
    {
      name: 'attempts by message at an unknown endpoint',
      send: 'GET /app/acme/attempt/msg/evt1/?endpoint_id=nope',
      status: 404,
      answer: NOT_FOUND,
    },
    {
      name: 'attempt',
      send: 'GET /app/acme/msg/{msg}/attempt/{success}/',
      status: 200,
      answer: succeeded,
    },
    {
      name: 'unknown attempt',
      send: 'GET /app/acme/msg/{msg}/attempt/nope/',
      status: 404,
      answer: NOT_FOUND,
    },
    {
      name: 'attempted messages that wait for a retry are Sending',
      send: 'GET /app/acme/endpoint/bad/msg/?limit=1',
      status: 200,
      answer: page('msg_', MSG, { ...message, status: 3, statusText: 'sending', nextAttempt: TIME }),
    },
    {
      name: 'attempted messages without content',
      send: 'GET /app/acme/endpoint/good/msg/?with_content=false',
      status: 200,
      answer: page('msg_', MSG, { ...message, payload: {}, status: 0, statusText: 'success' }),
    },
    {
      name: 'attempted destinations; one that waits for a retry has status fail',
      send: 'GET /app/acme/msg/{msg}/endpoint/',
      status: 200,
      answer: page(
        'ep_',
        EP,
        { ...endpoint(good, 'good'), status: 0, statusText: 'success', nextAttempt: null },
        { ...endpoint(bad, 'bad'), status: 2, statusText: 'fail', nextAttempt: TIME },
      ),
    },
    {
      name: 'deprecated list of attempts by message',
      send: 'GET /app/acme/msg/{msg}/attempt/?endpoint_id=good',
      status: 200,
      answer: page('atmpt_', ATMPT, succeeded),
    },
    {
      name: 'deprecated list of attempts by message and endpoint',
      send: 'GET /app/acme/msg/{msg}/endpoint/bad/attempt/',
      status: 200,
      answer: page('atmpt_', ATMPT, failed),
    },
    {
      name: 'stats',
      send: 'GET /app/acme/endpoint/good/stats/',
      status: 200,
      answer: { success: 1, pending: 0, sending: 0, fail: 0, canceled: 0 },
      soon: true,
    },
    {
      name: 'expunge an attempt',
      send: 'DELETE /app/acme/msg/{msg}/attempt/{success}/content/',
      status: 204,
      answer: '',
    },
    {
      name: 'an expunged attempt',
      send: 'GET /app/acme/msg/{msg}/attempt/{success}/',
      status: 200,
      answer: { ...succeeded, response: 'EXPUNGED' },
    },
    {
      name: 'expunge an unknown attempt',
      send: 'DELETE /app/acme/msg/{msg}/attempt/nope/content/',
      status: 404,
      answer: { code: 'not_found', detail: 'Message attempt not found' },
    },
    {
      name: 'expunge an attempt of an unknown message',
      send: 'DELETE /app/acme/msg/nope/attempt/{success}/content/',
      status: 404,
      answer: { code: 'not_found', detail: 'Message not found' },
    },
  ];
};
