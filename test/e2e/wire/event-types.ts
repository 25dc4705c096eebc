import { refusal, undecodable, wrong } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { NOT_FOUND } from './exchange.ts';
import { TIME } from './masks.ts';

const SCHEMAS = { 1: { type: 'object', properties: { n: { type: 'integer' } } } };
const paid = {
  name: 'order.paid',
  description: 'An order was paid',
  archived: false,
  deprecated: false,
  schemas: SCHEMAS,
  createdAt: TIME,
  updatedAt: TIME,
  featureFlag: null,
};
const sent = { ...paid, name: 'order.sent', description: 'sent', schemas: null };
const page = (...data: object[]) => ({
  data,
  iterator: 'order.paid',
  prevIterator: '-order.paid',
  done: true,
});

export const eventTypes: readonly Exchange[] = [
  {
    name: 'create',
    send: 'POST /event-type/',
    body: {
      name: 'order.paid',
      description: 'An order was paid',
      schemas: SCHEMAS,
    },
    status: 201,
    answer: paid,
  },
  {
    name: 'create again',
    send: 'POST /event-type/',
    body: { name: 'order.paid', description: 'x' },
    status: 409,
    answer: refusal('event_type_exists'),
  },
  {
    name: 'create with a bad name',
    send: 'POST /event-type/',
    body: { name: 'a b', description: 'x' },
    status: 422,
    answer: wrong('body', 'name', '__all__'),
  },
  {
    name: 'create with a bad schema',
    send: 'POST /event-type/',
    body: { name: 'bad.schema', description: 'x', schemas: { 1: { type: 15 } } },
    status: 422,
    answer: undecodable('body', 'schemas'),
  },
  {
    name: 'create without description',
    send: 'POST /event-type/',
    body: { name: 'a' },
    status: 422,
    answer: undecodable('body', '', ''),
  },
  {
    name: 'create with a bad feature flag',
    send: 'POST /event-type/',
    body: { name: 'a', description: '', featureFlag: 'a b' },
    status: 422,
    answer: undecodable('body', 'featureFlag'),
  },
  {
    name: 'list',
    send: 'GET /event-type/?limit=1',
    status: 200,
    answer: page({ ...paid, schemas: null }),
  },
  { name: 'list with content', send: 'GET /event-type/?with_content=true', status: 200, answer: page(paid) },
  {
    name: 'list with an empty iterator',
    send: 'GET /event-type/?iterator=-',
    status: 422,
    answer: wrong('query', 'iterator', '__all__'),
  },
  {
    name: 'list with a bad flag',
    send: 'GET /event-type/?include_archived=1',
    status: 400,
    answer: refusal('generic_error'),
  },
  { name: 'get', send: 'GET /event-type/order.paid/', status: 200, answer: paid },
  {
    name: 'put a new one, with the name of the path',
    send: 'PUT /event-type/order.sent/',
    body: { description: 'sent', name: 'ignored' },
    status: 201,
    answer: sent,
  },
  {
    name: 'put an existing one',
    send: 'PUT /event-type/order.sent/',
    body: { description: 'sent', schemas: SCHEMAS },
    status: 200,
    answer: { ...sent, schemas: SCHEMAS },
  },
  {
    name: 'patch',
    send: 'PATCH /event-type/order.sent/',
    body: { archived: true, schemas: null },
    status: 200,
    answer: { ...sent, archived: true },
  },
  {
    name: 'patch with null in a field that cannot be null',
    send: 'PATCH /event-type/order.sent/',
    body: { archived: null },
    status: 422,
    answer: undecodable('body', 'archived'),
  },
  {
    name: 'patch of an unknown one',
    send: 'PATCH /event-type/nope/',
    body: {},
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'archived ones are not listed',
    send: 'GET /event-type/',
    status: 200,
    answer: page({ ...paid, schemas: null }),
  },
  {
    name: 'create revives an archived one',
    send: 'POST /event-type/',
    body: { name: 'order.sent', description: 'revived' },
    status: 201,
    answer: { ...sent, description: 'revived' },
  },
  { name: 'delete archives', send: 'DELETE /event-type/order.sent/', status: 204, answer: '' },
  {
    name: 'get an archived one',
    send: 'GET /event-type/order.sent/',
    status: 200,
    answer: { ...sent, description: 'revived', archived: true },
  },
  { name: 'expunge', send: 'DELETE /event-type/order.sent/?expunge=true', status: 204, answer: '' },
  { name: 'get an expunged one', send: 'GET /event-type/order.sent/', status: 404, answer: NOT_FOUND },
  { name: 'get an unknown one', send: 'GET /event-type/nope/', status: 404, answer: NOT_FOUND },
  { name: 'delete an unknown one', send: 'DELETE /event-type/nope/', status: 404, answer: NOT_FOUND },
  {
    name: 'create with the flags and the group of newer clients',
    send: 'POST /event-type/',
    body: { name: 'order.beta', description: '', featureFlags: ['beta', 'gold'], groupName: 'orders' },
    status: 201,
    answer: {
      ...{ ...sent, name: 'order.beta', description: '' },
      ...{ featureFlag: 'beta', featureFlags: ['beta', 'gold'], groupName: 'orders' },
    },
  },
];
