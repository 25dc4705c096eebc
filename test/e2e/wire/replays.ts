import { NOT_FOUND, refusal, wrong } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { ANY, MSG, TASK, TIME } from './masks.ts';

/** Needs the objects that the exchanges of attempts.ts create; resends, recovers and replays the message. */
export const replays: readonly Exchange[] = [
  { name: 'resend', send: 'POST /app/acme/msg/evt1/endpoint/good/resend/', status: 202, answer: {} },
  {
    name: 'resend to an unknown endpoint',
    send: 'POST /app/acme/msg/evt1/endpoint/nope/resend/',
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'resend an unknown message',
    send: 'POST /app/acme/msg/nope/endpoint/good/resend/',
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'recover',
    send: 'POST /app/acme/endpoint/bad/recover/',
    body: { since: new Date(Date.now() - 3_600_000).toISOString() },
    status: 202,
    answer: { id: TASK, status: 'running', task: 'endpoint.recover', updatedAt: TIME },
    keep: { task: 'id' },
  },
  {
    name: 'recover from more than 14 days ago',
    send: 'POST /app/acme/endpoint/bad/recover/',
    body: { since: '2020-01-01T00:00:00Z' },
    status: 422,
    answer: wrong('body', 'since'),
  },
  {
    name: 'recover at an unknown endpoint',
    send: 'POST /app/acme/endpoint/nope/recover/',
    body: { since: new Date(Date.now() - 3_600_000).toISOString() },
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'a background task',
    send: 'GET /background-task/{task}',
    status: 200,
    answer: { id: TASK, status: ANY, task: 'endpoint.recover', data: ANY, updatedAt: TIME },
  },
  {
    name: 'an unknown background task',
    send: 'GET /background-task/qtask_nope',
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'background tasks with a bad iterator',
    send: 'GET /background-task?iterator=nope',
    status: 422,
    answer: wrong('query', 'iterator', '__all__'),
  },
  {
    name: 'replay missing',
    send: 'POST /app/acme/endpoint/bad/replay-missing',
    body: { since: new Date(Date.now() - 3_600_000).toISOString() },
    status: 202,
    answer: { id: TASK, status: 'running', task: 'endpoint.replay', updatedAt: TIME },
  },
  {
    name: 'bulk replay',
    send: 'POST /app/acme/endpoint/bad/bulk-replay',
    body: { since: new Date(Date.now() - 3_600_000).toISOString(), statusCodeClass: 500 },
    status: 202,
    answer: { id: TASK, status: 'running', task: 'endpoint.bulk-replay', updatedAt: TIME },
  },
  {
    name: 'send an example: a ping',
    send: 'POST /app/acme/endpoint/good/send-example/',
    body: { eventType: 'svix.ping' },
    status: 200,
    answer: {
      ...{ eventId: null, eventType: 'svix.ping', payload: {}, channels: null, id: MSG, timestamp: TIME },
    },
  },
  {
    name: 'send an example of an unknown event type',
    send: 'POST /app/acme/endpoint/good/send-example/',
    body: { eventType: 'nope' },
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'given an event type without example',
    send: 'POST /event-type',
    body: { name: 'order.paid', description: '' },
    status: 201,
    answer: {
      ...{ name: 'order.paid', description: '', archived: false, deprecated: false },
      ...{ schemas: null, createdAt: TIME, updatedAt: TIME, featureFlag: null },
    },
  },
  {
    name: 'send an example of an event type without one',
    send: 'POST /app/acme/endpoint/good/send-example/',
    body: { eventType: 'order.paid' },
    status: 400,
    answer: refusal('invalid_scheme'),
  },
  { name: 'expunge the message', send: 'DELETE /app/acme/msg/evt1/content', status: 204, answer: '' },
  {
    name: 'resend without payload',
    send: 'POST /app/acme/msg/evt1/endpoint/good/resend/',
    status: 400,
    answer: refusal('missing_payload'),
  },
];
