import { expect } from 'vitest';
import { NOT_FOUND, refusal, undecodable } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { APP, TIME, WORDS } from './masks.ts';

const access = { url: WORDS, token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as unknown };
const ORG = expect.stringMatching(/^org_/) as unknown;
const FORBIDDEN = { code: 'insufficient access', detail: 'Insufficient access for the given operation.' };
const INVALID = { code: 'authentication_failed', detail: 'Invalid token' };
const health = { database: { status: 'ok' }, queue: { status: 'ok' }, cache: { status: 'ok' } };

/** Needs the applications `acme` and `other`. */
export const accessExchanges: readonly Exchange[] = [
  {
    name: 'given the application',
    send: 'GET /app/acme',
    status: 200,
    answer: expect.anything(),
    keep: { app: 'id' },
  },
  { name: 'health', send: 'GET /health/', as: 'anonymous', status: 200, answer: health },
  { name: 'health ping', send: 'GET /health/ping', as: 'anonymous', status: 204, answer: '' },
  { name: 'no token', send: 'GET /app/', as: 'anonymous', status: 401, answer: INVALID },
  { name: 'a bad token', send: 'GET /app/', as: 'junk', status: 401, answer: INVALID },
  {
    name: 'portal access',
    send: 'POST /auth/app-portal-access/acme/',
    body: { featureFlags: ['beta'], readOnly: true },
    status: 200,
    answer: access,
  },
  {
    name: 'portal access with a bad flag',
    send: 'POST /auth/app-portal-access/acme/',
    body: { featureFlags: ['a b'] },
    status: 422,
    answer: undecodable('body', 'featureFlags[0]'),
  },
  {
    name: 'portal access without a body',
    send: 'POST /auth/app-portal-access/acme/',
    status: 422,
    answer: undecodable('body', '', ''),
  },
  {
    name: 'portal access to an unknown application',
    send: 'POST /auth/app-portal-access/nope/',
    body: {},
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'portal access creates the application that its body describes',
    send: 'POST /auth/app-portal-access/third/',
    body: { application: { name: 'Third', uid: 'third' } },
    status: 200,
    answer: access,
  },
  {
    name: 'deprecated dashboard access',
    send: 'POST /auth/dashboard-access/acme/',
    body: 'null',
    status: 200,
    answer: access,
  },
  {
    name: 'logout without a token',
    send: 'POST /auth/logout/',
    as: 'anonymous',
    status: 401,
    answer: INVALID,
  },
  {
    name: 'logout with the token of an organization',
    send: 'POST /auth/logout/',
    status: 403,
    answer: refusal('insufficient access'),
  },
  {
    name: 'expire-all of sessions',
    send: 'POST /auth/app/acme/expire-all/',
    body: { sessionIds: ['bob'], expiry: 60 },
    status: 204,
    answer: '',
  },
  {
    name: 'expire-all with a delay beyond three days',
    send: 'POST /auth/app/acme/expire-all/',
    body: { expiry: 259_201 },
    status: 422,
    answer: expect.anything() as unknown,
  },
  {
    name: 'expire-all of an unknown application',
    send: 'POST /auth/app/nope/expire-all/',
    body: {},
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'whoami of an application token',
    send: 'GET /auth/whoami/',
    as: 'application',
    status: 200,
    answer: {
      ...{ envId: ORG, orgId: ORG },
      ...{ appId: APP, permissionSource: 'SvixJwt', sessionId: null, featureFlags: [] },
      capabilities: expect.arrayContaining(['ViewBase', 'ManageEndpoint']) as unknown,
      ...{ tokenId: expect.any(String) as unknown, expiresAt: TIME },
    },
  },
  {
    name: 'exchange of a link that is none',
    send: 'POST /auth/one-time-token/',
    as: 'anonymous',
    body: { oneTimeToken: 'nonsense' },
    status: 401,
    answer: {
      code: 'authentication_failed',
      detail: 'This link is invalid or has expired: ask for a new one.',
    },
  },
  { name: 'whoami without a token', send: 'GET /auth/whoami', as: 'anonymous', status: 401, answer: INVALID },
  {
    name: 'application token: own application',
    send: 'GET /app/acme/',
    as: 'application',
    status: 200,
    answer: expect.anything(),
  },
  {
    name: 'application token: other application',
    send: 'GET /app/other/',
    as: 'application',
    status: 404,
    answer: NOT_FOUND,
  },
  {
    name: 'application token: application list',
    send: 'GET /app/',
    as: 'application',
    status: 403,
    answer: FORBIDDEN,
  },
  {
    name: 'application token: create application',
    send: 'POST /app/',
    as: 'application',
    body: { name: 'x' },
    status: 403,
    answer: FORBIDDEN,
  },
  { name: 'unknown path', send: 'GET /nope/', status: 404, answer: NOT_FOUND },
  { name: 'inner double slash', send: 'GET /app//acme', status: 404, answer: NOT_FOUND },
  { name: 'wrong method', send: 'PUT /app/', status: 405, answer: refusal('method_not_allowed') },
  {
    name: 'an operation of the SDKs that is not implemented',
    send: 'GET /stream',
    status: 501,
    answer: refusal('not_implemented'),
  },
];
