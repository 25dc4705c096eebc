import { NOT_FOUND, refusal, undecodable, wrong } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { EP, TIME, WORDS, before } from './masks.ts';

const ROOT = '/operational-webhook/endpoint';
const url = 'https://alerts.example.com/';
const made = {
  ...{ id: EP, url, description: 'alerts', throttleRate: 5, uid: 'alerts', disabled: false },
  ...{ eventTypes: ['endpoint.disabled'], metadata: { team: 'ops' }, createdAt: TIME, updatedAt: TIME },
};
const plain = { ...made, description: '', throttleRate: null, uid: null, eventTypes: null, metadata: {} };

const refused = (name: string, change: object, answer: unknown): Exchange => ({
  ...{ name: `create with ${name}`, send: `POST ${ROOT}`, body: { url, ...change }, status: 422, answer },
});

/** Needs no objects: the application of the management organization is created with the first endpoint. */
export const operationalWebhooks: readonly Exchange[] = [
  {
    ...{ name: 'list before the first', send: `GET ${ROOT}`, status: 200 },
    answer: { data: [], iterator: null, done: true },
  },
  { name: 'get before the first', send: `GET ${ROOT}/alerts`, status: 404, answer: NOT_FOUND },
  {
    name: 'create',
    send: `POST ${ROOT}`,
    body: {
      ...{ url, description: 'alerts', throttleRate: 5, uid: 'alerts', eventTypes: ['endpoint.disabled'] },
      ...{ metadata: { team: 'ops' }, headers: { 'X-Team': 'ops', Authorization: 'x' } },
      ...{ secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', unknown: 1 },
    },
    status: 201,
    answer: made,
    keep: { ep: 'id' },
  },
  {
    ...{ name: 'create with a uid that is taken', send: `POST ${ROOT}`, body: { url, uid: 'alerts' } },
    ...{ status: 409, answer: refusal('conflict') },
  },
  refused('no url', { url: undefined }, undecodable('body', '', '')),
  refused('an unknown event type', { eventTypes: ['order.paid'] }, wrong('body', 'eventTypes')),
  refused('no event types', { eventTypes: [] }, wrong('body', 'event_types')),
  refused('a throttle rate of 0', { throttleRate: 0 }, wrong('body', 'throttle_rate')),
  refused('an id as uid', { uid: 'ep_1' }, wrong('body', 'uid', '__all__')),
  { name: 'get', send: `GET ${ROOT}/{ep}`, status: 200, answer: made },
  { name: 'get by uid', send: `GET ${ROOT}/alerts/`, status: 200, answer: made },
  {
    ...{ name: 'replace', send: `PUT ${ROOT}/alerts`, body: { url }, status: 200, answer: plain },
  },
  {
    ...{ name: 'create by PUT', send: `PUT ${ROOT}/new`, body: { url, disabled: true }, status: 200 },
    answer: { ...plain, disabled: true },
  },
  {
    ...{ name: 'list', send: `GET ${ROOT}?limit=1&order=ascending`, status: 200 },
    answer: { data: [plain], iterator: EP, prevIterator: before('ep_'), done: false },
  },
  {
    ...{ name: 'get the headers', send: `GET ${ROOT}/{ep}/headers`, status: 200 },
    answer: { headers: { 'X-Team': 'ops' }, sensitive: ['Authorization'] },
  },
  {
    ...{ name: 'replace the headers', send: `PUT ${ROOT}/{ep}/headers`, body: { headers: {} } },
    ...{ status: 204, answer: '' },
  },
  {
    ...{ name: 'set a forbidden header', send: `PUT ${ROOT}/{ep}/headers`, status: 422 },
    body: { headers: { 'svix-id': 'x' } },
    answer: undecodable('body', 'headers'),
  },
  {
    ...{ name: 'get the secret', send: `GET ${ROOT}/{ep}/secret`, status: 200 },
    answer: { key: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
  },
  {
    ...{ name: 'rotate the secret', send: `POST ${ROOT}/{ep}/secret/rotate`, body: {} },
    ...{ status: 204, answer: '' },
  },
  { name: 'get the new secret', send: `GET ${ROOT}/{ep}/secret`, status: 200, answer: { key: WORDS } },
  { name: 'delete', send: `DELETE ${ROOT}/{ep}`, status: 204, answer: '' },
  { name: 'delete it again', send: `DELETE ${ROOT}/{ep}`, status: 404, answer: NOT_FOUND },
];
