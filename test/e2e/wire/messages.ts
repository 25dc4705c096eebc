import { NOT_FOUND, refusal, undecodable, wrong } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { MSG, TASK, TIME, WORDS, before } from './masks.ts';

const paid = {
  eventId: null,
  eventType: 'order.paid',
  payload: { n: 1 },
  channels: null,
  id: MSG,
  timestamp: TIME,
};
const first = { ...paid, eventId: 'evt1', channels: ['eu'], tags: ['t'] };
const create = 'POST /app/acme/msg/';
const good = { eventType: 'order.paid', payload: { n: 1 } };

const refused = (name: string, change: object, answer: unknown, status = 422): Exchange => ({
  name: `create with ${name}`,
  send: create,
  body: { ...good, ...change },
  status,
  answer,
});

/** Needs the application `acme`. */
export const messages: readonly Exchange[] = [
  {
    name: 'create',
    send: create,
    headers: { 'idempotency-key': 'k1' },
    body: { ...good, eventId: 'evt1', channels: ['eu'], tags: ['t'] },
    status: 202,
    answer: first,
    keep: { msg: 'id' },
  },
  {
    name: 'create with the same idempotency key',
    send: create,
    headers: { 'idempotency-key': 'k1' },
    body: { eventType: 'order.paid', payload: { n: 2 } },
    status: 202,
    answer: first,
  },
  refused('an eventId that is taken', { eventId: 'evt1' }, refusal('conflict'), 409),
  refused('a list as payload', { payload: [1] }, wrong('body', 'payload')),
  refused('payload and data', { data: {} }, undecodable('body', '', '')),
  refused('no payload', { payload: undefined }, undecodable('body', '', '')),
  refused('a bad event type', { eventType: 'a b' }, wrong('body', 'event_type', '__all__')),
  refused('a bad eventId', { eventId: 'msg_x' }, wrong('body', 'uid', '__all__')),
  refused('no channels', { channels: [] }, wrong('body', 'channels')),
  refused('six channels', { channels: ['a', 'b', 'c', 'd', 'e', 'f'] }, wrong('body', 'channels')),
  refused('six tags', { tags: ['a', 'b', 'c', 'd', 'e', 'f'] }, wrong('body', 'tags')),
  refused('a bad tag', { tags: ['a b'] }, wrong('body', 'tags', '__all__')),
  refused('a bad channel', { channels: ['a b'] }, wrong('body', 'channels', '__all__')),
  refused('too short a retention', { payloadRetentionPeriod: 4 }, wrong('body', 'payload_retention_period')),
  refused('a past deliverAt', { deliverAt: '2020-01-01T00:00:00Z' }, wrong('body', 'deliver_at')),
  {
    name: 'create without content',
    send: 'POST /app/acme/msg/?with_content=false',
    body: good,
    status: 202,
    answer: { ...paid, payload: {} },
  },
  {
    name: 'create with an implicit application',
    send: 'POST /app/new-one/msg/',
    body: { ...good, application: { name: 'New', uid: 'new-one' } },
    status: 202,
    answer: paid,
  },
  {
    name: 'create with an application of another uid',
    send: 'POST /app/newer/msg/',
    body: { ...good, application: { name: 'New', uid: 'other' } },
    status: 422,
    answer: {
      detail: [{ loc: ['body', 'application', 'uid'], msg: WORDS, type: 'application_uid_mismatch' }],
    },
  },
  {
    name: 'create with an application without uid',
    send: 'POST /app/newer/msg/',
    body: { ...good, application: { name: 'New' } },
    status: 422,
    answer: {
      detail: [{ loc: ['body', 'application', 'uid'], msg: WORDS, type: 'application_uid_missing' }],
    },
  },
  {
    name: 'create for an unknown application',
    send: 'POST /app/nope/msg/',
    body: good,
    status: 404,
    answer: { code: 'not_found', detail: 'Application not found' },
  },
  {
    name: 'create for an invalid application uid',
    send: 'POST /app/a%20b/msg/',
    body: good,
    status: 422,
    answer: wrong('path', 'app_id_or_uid', '__all__'),
  },
  {
    name: 'create with more than 2 MiB',
    send: create,
    body: JSON.stringify({ ...good, payload: { n: 'x'.repeat(2_097_152) } }),
    status: 413,
    answer: { code: 'payload_too_large', detail: 'Request payload is too large.' },
  },
  {
    name: 'list',
    send: 'GET /app/acme/msg/?limit=2&event_types=order.paid',
    status: 200,
    answer: { data: [paid, first], iterator: MSG, prevIterator: before('msg_'), done: true },
  },
  {
    name: 'list without content',
    send: 'GET /app/acme/msg/?with_content=false&channel=eu',
    status: 200,
    answer: { data: [{ ...first, payload: {} }], iterator: MSG, prevIterator: before('msg_'), done: true },
  },
  {
    name: 'list of nothing',
    send: 'GET /app/acme/msg/?event_types=nope',
    status: 200,
    answer: { data: [], iterator: null, done: true },
  },
  {
    name: 'list with a bad date',
    send: 'GET /app/acme/msg/?before=yesterday',
    status: 400,
    answer: refusal('generic_error'),
  },
  {
    name: 'list with a bad channel',
    send: 'GET /app/acme/msg/?channel=a%20b',
    status: 422,
    answer: wrong('query', 'channel', '__all__'),
  },
  { name: 'get by eventId', send: 'GET /app/acme/msg/evt1/', status: 200, answer: first },
  { name: 'get', send: 'GET /app/acme/msg/{msg}', status: 200, answer: first },
  { name: 'get an unknown one', send: 'GET /app/acme/msg/nope/', status: 404, answer: NOT_FOUND },
  {
    name: 'search',
    send: 'POST /app/acme/msg/search',
    body: { tag: 't', channel: 'eu', event_types: ['order.paid'], with_content: true, unknown: 1 },
    status: 200,
    answer: { data: [first], iterator: MSG, prevIterator: before('msg_'), done: true },
  },
  {
    name: 'search with a bad tag',
    send: 'POST /app/acme/msg/search',
    body: { tag: 'a b' },
    status: 422,
    answer: wrong('body', 'tag', '__all__'),
  },
  {
    name: 'precheck without an endpoint',
    send: 'POST /app/acme/msg/precheck/active',
    body: { eventType: 'order.paid', channels: ['eu'] },
    status: 200,
    answer: { active: false },
  },
  {
    name: 'precheck with no channels',
    send: 'POST /app/acme/msg/precheck/active',
    body: { eventType: 'order.paid', channels: [] },
    status: 422,
    answer: wrong('body', 'channels'),
  },
  {
    name: 'precheck for an unknown application',
    send: 'POST /app/nope/msg/precheck/active',
    body: { eventType: 'order.paid' },
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'cancel a message without deliverAt',
    send: 'POST /app/acme/msg/evt1/cancel',
    status: 409,
    answer: refusal('conflict'),
  },
  {
    name: 'expunge several',
    send: 'POST /app/acme/msg/bulk-expunge/',
    body: { ids: ['nope', 'nope'] },
    status: 200,
    answer: { results: { nope: 'not-found' } },
  },
  {
    name: 'expunge with a bad id',
    send: 'POST /app/acme/msg/bulk-expunge',
    body: { ids: ['a b'] },
    status: 422,
    answer: wrong('body', 'ids', '__all__'),
  },
  { name: 'expunge', send: 'DELETE /app/acme/msg/evt1/content/', status: 204, answer: '' },
  {
    name: 'get an expunged one',
    send: 'GET /app/acme/msg/{msg}/',
    status: 200,
    answer: { ...first, payload: { expired: true } },
  },
  {
    name: 'expunge all',
    send: 'POST /app/acme/msg/expunge-all-contents',
    status: 202,
    answer: { id: TASK, status: 'running', task: 'application.purge_content', updatedAt: TIME },
  },
  {
    name: 'expunge all of an unknown application',
    send: 'POST /app/nope/msg/expunge-all-contents',
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'expunge an unknown one',
    send: 'DELETE /app/acme/msg/nope/content/',
    status: 404,
    answer: NOT_FOUND,
  },
];
