import { describe, expect, it } from 'vitest';
import { complaints, makeClient, token } from '../client.ts';
import { NOW, ORG } from '../fakes.ts';

const EXPORT = '/api/v1/environment/export';
const IMPORT = '/api/v1/environment/import/';
const SETTINGS = `/management/v1/organization/${ORG}/settings`;

interface Environment {
  readonly eventTypes: readonly { readonly name: string }[];
  readonly settings: object;
}

const schemas = { 1: { type: 'object', properties: { n: { type: 'integer' } } } };

const start = async () => {
  const { send, simulation } = await makeClient();
  const management = {
    authorization: `Bearer ${await token({ sub: 'management', aud: 'posthorn-management' })}`,
  };
  return {
    send,
    simulation,
    settings: async (changes?: object) =>
      (await send(changes === undefined ? 'GET' : 'PATCH', SETTINGS, changes, management)).json
        .overrides as object,
    exported: async () => (await send('POST', EXPORT)).json as Environment,
    importing: (body: unknown) => send('POST', IMPORT, body),
  };
};

describe('export and import of an environment', () => {
  it('exports event types with schemas, archived ones too, and the settings that the organization may change', async () => {
    const { send, settings, exported } = await start();
    await send('PUT', '/api/v1/event-type/order.paid', {
      description: 'Paid',
      schemas,
      featureFlags: ['beta'],
    });
    await send('PUT', '/api/v1/event-type/order.old', { description: '', archived: true, groupName: 'old' });
    await settings({ retrySchedule: [1, 2], allowedSubnets: ['10.0.0.0/8'], endpointHttpsOnly: true });
    const at = new Date(NOW).toISOString();
    const times = { createdAt: at, updatedAt: at };
    expect(await exported()).toEqual({
      version: 1,
      createdAt: at,
      eventTypes: [
        {
          ...{ name: 'order.old', description: '', archived: true, deprecated: false, schemas: null },
          ...{ featureFlag: null, groupName: 'old', ...times },
        },
        {
          ...{ name: 'order.paid', description: 'Paid', archived: false, deprecated: false, schemas },
          ...{ featureFlag: 'beta', featureFlags: ['beta'], ...times },
        },
      ],
      settings: { retrySchedule: [1, 2] },
      connectors: [],
    });
  });

  it('imports its own export into another organization, which then exports the same', async () => {
    const from = await start();
    await from.send('PUT', '/api/v1/event-type/order.paid', {
      description: 'Paid',
      schemas,
      deprecated: true,
    });
    await from.send('PUT', '/api/v1/event-type/order.old', {
      description: '',
      archived: true,
      groupName: 'old',
    });
    await from.settings({
      retrySchedule: [1, 2],
      webhookHeaderPrefix: 'webhook',
      portal: { displayName: 'Acme' },
    });
    const environment = await from.exported();
    const to = await start();
    await to.send('PUT', '/api/v1/event-type/order.paid', {
      description: 'x',
      featureFlags: ['beta'],
      groupName: 'g',
    });
    await to.send('PUT', '/api/v1/event-type/other', { description: 'kept' });
    const { status, text, headers } = await to.importing(environment);
    expect([status, text, headers.get('import-ignored')]).toEqual([204, '', null]);
    const after = await to.exported();
    expect(after.eventTypes.map(({ name }) => name)).toEqual(['order.old', 'order.paid', 'other']);
    expect(after.eventTypes.slice(0, 2)).toEqual(environment.eventTypes);
    expect(after.settings).toEqual(environment.settings);
  });

  it('deletes nothing, and ignores what is absent or null', async () => {
    const { settings, importing, exported, send } = await start();
    await send('PUT', '/api/v1/event-type/a', { description: 'kept' });
    await settings({ retrySchedule: [1] });
    for (const body of [
      {},
      { eventTypes: null, settings: null, connectors: null },
      { settings: { retrySchedule: null } },
    ])
      expect((await importing(body)).status).toBe(204);
    expect((await exported()).eventTypes).toHaveLength(1);
    expect(await settings()).toEqual({ retrySchedule: [1] });
  });

  it('imports what the hosted product calls otherwise, and names what it ignores', async () => {
    const { settings, importing } = await start();
    const { status, headers } = await importing({
      version: 1,
      eventTypes: [],
      settings: {
        ...{ retryPolicy: [5, 60], disableEndpointOnFailure: false, whitelabelHeaders: true },
        ...{ displayName: 'Acme', customLogoUrl: 'http://insecure.test/x.png', enableChannels: true },
        ...{ enforceHttps: true, allowedSubnets: ['10.0.0.0/8'], 'a b': 1, customColor: null },
      },
      connectors: [{ name: 'Slack', transformation: 'function handler(x) { return x }' }],
    });
    expect([status, headers.get('import-ignored')]).toEqual([
      204,
      'customLogoUrl, enforceHttps, allowedSubnets, connectors',
    ]);
    expect(await settings()).toEqual({
      ...{ retrySchedule: [5, 60], endpointDisableAfter: 0, webhookHeaderPrefix: 'webhook' },
      portal: { displayName: 'Acme', enableChannels: true },
    });
  });

  it('never changes settings that are for management tokens', async () => {
    const { settings, importing } = await start();
    await settings({ publishRateLimit: 5, endpointHttpsOnly: true });
    const changes = {
      ...{
        publishRateLimit: 1_000,
        allowedSubnets: ['10.0.0.0/8'],
        endpointHttpsOnly: false,
        requestTimeout: 30,
      },
      ...{ payloadRetentionDays: 90, applicationEndpointLimit: 5_000 },
    };
    expect((await importing({ settings: changes })).status).toBe(204);
    expect(await settings()).toEqual({ publishRateLimit: 5, endpointHttpsOnly: true });
  });

  it.each<[object, string]>([
    [{ settings: { retrySchedule: ['x'] } }, 'body/settings/retrySchedule value_error'],
    [{ settings: { schemaValidation: 'maybe' } }, 'body/settings/schemaValidation value_error'],
    [{ settings: [] }, 'body/settings value_error'],
    [{ eventTypes: [{ name: 'a b', description: '' }] }, 'body/event_types/name/__all__ value_error'],
    [
      {
        eventTypes: [
          { name: 'a', description: '' },
          { name: 'b', description: '', schemas: { 1: { type: 3 } } },
        ],
      },
      'body/event_types/1/schemas value_error',
    ],
  ])('answers 422 to %j and imports nothing', async (body, complaint) => {
    const { settings, importing, exported } = await start();
    const more = { eventTypes: [{ name: 'ok', description: '' }], settings: { retrySchedule: [1] } };
    const answer = await importing({ ...more, ...body });
    expect([answer.status, complaints(answer)]).toEqual([422, [complaint]]);
    expect([(await exported()).eventTypes, await settings()]).toEqual([[], {}]);
  });

  it('a retry schedule must fit into the row retention of the stage', async () => {
    const { importing, simulation } = await start();
    Object.assign(simulation.deps, { rowRetentionDays: 30 });
    const retrySchedule = Array<number>(3).fill(10 * 86_400);
    expect((await importing({ settings: { retrySchedule } })).status).toBe(422);
  });

  it.each(['x'.repeat(190_000), 'é'.repeat(95_000)])(
    'refuses to export more bytes than an import takes',
    async (description) => {
      const { send } = await start();
      const large = { 1: { description } };
      for (let index = 0; index < 12; index += 1)
        await send('PUT', `/api/v1/event-type/large.${index}`, { description: '', schemas: large });
      const { status, json } = await send('POST', EXPORT, undefined, { 'idempotency-key': 'k' });
      expect([status, json.code]).toEqual([400, 'limit_reached']);
    },
  );

  it('an export is a read: under an idempotency key it is answered anew', async () => {
    const { send } = await start();
    const names = async () => {
      const { json } = await send('POST', EXPORT, undefined, { 'idempotency-key': 'k' });
      return (json as Environment).eventTypes.map(({ name }) => name);
    };
    expect(await names()).toEqual([]);
    await send('PUT', '/api/v1/event-type/a', { description: '' });
    expect(await names()).toEqual(['a']);
  });
});
