import { refusal, undecodable, wrong } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { TIME } from './masks.ts';

const spec = (webhooks: object) => ({ openapi: '3.1.0', webhooks });
const webhook = {
  post: {
    description: 'Paid',
    requestBody: { content: { 'application/json': { schema: { type: 'object', example: { n: 1 } } } } },
  },
};
const schemas = { 1: { type: 'object', examples: [{ n: 1 }] } };
const paid = { name: 'order.paid', description: 'Paid', deprecated: false, schemas };
const IMPORT = 'POST /event-type/import/openapi/';

/** Event types from OpenAPI, and whole environments. */
export const environment: readonly Exchange[] = [
  {
    name: 'dry run of an import',
    send: IMPORT,
    body: { spec: spec({ 'order.paid': webhook }), dryRun: true },
    status: 200,
    answer: { data: { modified: ['order.paid'], to_modify: [paid] } },
  },
  {
    name: 'import of YAML',
    send: IMPORT,
    body: {
      specRaw: `openapi: 3.0.0\nx-webhooks:\n  order.paid: ${JSON.stringify(webhook)}\n`,
      replaceAll: false,
    },
    status: 200,
    answer: { data: { modified: ['order.paid'] } },
  },
  {
    name: 'import without a document',
    send: IMPORT,
    body: { dryRun: true },
    status: 400,
    answer: refusal('generic_error'),
  },
  {
    name: 'import of an unknown version',
    send: IMPORT,
    body: { spec: { swagger: '2.0' } },
    status: 422,
    answer: wrong('body', 'spec', 'openapi'),
  },
  {
    name: 'import of a list',
    send: IMPORT,
    body: { specRaw: 3 },
    status: 422,
    answer: undecodable('body', 'specRaw'),
  },
  {
    name: 'export',
    send: 'POST /environment/export/',
    status: 200,
    answer: {
      version: 1,
      createdAt: TIME,
      eventTypes: [{ ...paid, archived: false, createdAt: TIME, updatedAt: TIME, featureFlag: null }],
      settings: { retrySchedule: [600] },
      connectors: [],
    },
  },
  {
    name: 'import of an environment',
    send: 'POST /environment/import/',
    body: {
      version: 1,
      eventTypes: [{ name: 'order.sent', description: 'Sent' }],
      settings: {},
      connectors: [],
    },
    status: 204,
    answer: '',
  },
  {
    name: 'import of an environment with a bad setting',
    send: 'POST /environment/import/',
    body: { settings: { retrySchedule: 'often' } },
    status: 422,
    answer: wrong('body', 'settings', 'retrySchedule'),
  },
];
