/**
 * The operations that clients call and the tokens that they accept: `organization` tokens only, also `application`
 * tokens for their own application, or `any` token.
 */
export interface Operation {
  readonly send: string;
  readonly auth: 'organization' | 'application' | 'any';
  /** A body that can be decoded, so that a refusal has another reason. */
  readonly body?: object;
}

const APP = '/app/{app}';
const EP = `${APP}/endpoint/{ep}`;
const MSG = `${APP}/msg/{msg}`;
const OPERATIONAL = '/operational-webhook/endpoint';
const name = { name: 'x' };
const url = { url: 'https://example.com' };

const since = () => ({ since: new Date(Date.now() - 60_000).toISOString() });

const organization = (send: string, body?: object): Operation => ({
  send,
  auth: 'organization',
  ...(body && { body }),
});
const application = (send: string, body?: object): Operation => ({
  send,
  auth: 'application',
  ...(body && { body }),
});
const any = (send: string): Operation => ({ send, auth: 'any' });

/** All except health, which needs no token. */
export const OPERATIONS: readonly Operation[] = [
  organization('GET /app'),
  organization('POST /app', name),
  application(`GET ${APP}`),
  organization(`PUT ${APP}`, name),
  organization(`PATCH ${APP}`, {}),
  application(`GET ${APP}/endpoint`),
  application(`POST ${APP}/endpoint`, url),
  application(`GET ${EP}`),
  application(`PUT ${EP}`, url),
  application(`PATCH ${EP}`, {}),
  application(`GET ${EP}/headers`),
  application(`PUT ${EP}/headers`, { headers: {} }),
  application(`PATCH ${EP}/headers`, { headers: {} }),
  application(`GET ${EP}/secret`),
  application(`POST ${EP}/secret/rotate`, {}),
  application(`GET ${EP}/stats`),
  organization(`POST ${EP}/send-example`, { eventType: 'svix.ping' }),
  application(`POST ${EP}/recover`, since()),
  application(`POST ${EP}/replay-missing`, since()),
  application(`POST ${EP}/bulk-replay`, since()),
  application(`GET ${EP}/attempt-stats`),
  any('GET /background-task/{task}'),
  organization('GET /background-task'),
  organization('POST /stats/usage/app', { ...since(), until: new Date().toISOString() }),
  organization('PUT /stats/usage/event-types'),
  any('GET /event-type'),
  organization('POST /event-type', { ...name, description: '' }),
  any('GET /event-type/{type}'),
  organization('PUT /event-type/{type}', { description: '' }),
  organization('POST /event-type/import/openapi', { spec: { openapi: '3.1.0', webhooks: {} } }),
  organization('POST /environment/export'),
  organization('POST /environment/import', {}),
  organization('PATCH /event-type/{type}', {}),
  application(`GET ${APP}/msg`),
  organization(`POST ${APP}/msg`, { eventType: 'a', payload: {} }),
  application(`GET ${MSG}`),
  application(`GET ${APP}/attempt/endpoint/{ep}`),
  application(`GET ${APP}/attempt/msg/{msg}`),
  application(`GET ${EP}/msg`),
  application(`GET ${MSG}/endpoint`),
  application(`GET ${MSG}/attempt/{atmpt}`),
  application(`POST ${MSG}/endpoint/{ep}/resend`),
  organization(`DELETE ${MSG}/attempt/{atmpt}/content`),
  organization(`DELETE ${MSG}/content`),
  organization(`POST ${APP}/msg/precheck/active`, { eventType: 'a' }),
  organization(`POST ${MSG}/cancel`),
  organization(`GET ${OPERATIONAL}`),
  organization(`POST ${OPERATIONAL}`, url),
  organization(`GET ${OPERATIONAL}/{ep}`),
  organization(`PUT ${OPERATIONAL}/{ep}`, url),
  organization(`GET ${OPERATIONAL}/{ep}/secret`),
  organization(`POST ${OPERATIONAL}/{ep}/secret/rotate`, {}),
  organization(`GET ${OPERATIONAL}/{ep}/headers`),
  organization(`PUT ${OPERATIONAL}/{ep}/headers`, { headers: {} }),
  organization(`DELETE ${OPERATIONAL}/{ep}`),
  organization('POST /auth/app-portal-access/{app}', {}),
  organization('POST /auth/app/{app}/expire-all', { expiry: 600 }),
  any('GET /auth/whoami'),
  any('POST /auth/logout'),
  organization('DELETE /event-type/{type}'),
  application(`DELETE ${EP}`),
  organization(`DELETE ${APP}`),
];

/** Those that answer 404 for unknown objects; PUT creates them instead. */
export const FINDING = OPERATIONS.filter(({ send }) => send.includes('{') && !/^PUT \S*\}$/.test(send));
