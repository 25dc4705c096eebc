import { describe, expect, it } from 'vitest';
import { CAPABILITIES } from '../../../../functions/api/authentication/capabilities.domain.ts';
import type { Capability } from '../../../../functions/api/authentication/capabilities.domain.ts';
import { operations } from '../../../../functions/api/operations.ts';
import type { Operation } from '../../../../functions/api/operation.ts';
import { makeClient, token } from '../client.ts';
import type { Client } from '../client.ts';
import { ORG } from '../fakes.ts';

/**
 * Operations that change something or read a secret, and the capability that a token of an application needs. Every other
 * operation that accepts such a token is a read (GET), for which ViewBase is enough; a new command must be added here.
 */
const NEEDS: Readonly<Record<string, Capability>> = {
  'v1.authentication.logout': 'ViewBase',
  'v1.endpoint.get-secret': 'ViewEndpointSecret',
  'v1.endpoint.rotate-secret': 'ManageEndpointSecret',
  'v1.endpoint.create': 'ManageEndpoint',
  'v1.endpoint.update': 'ManageEndpoint',
  patch_endpoint: 'ManageEndpoint',
  'v1.endpoint.delete': 'ManageEndpoint',
  'v1.endpoint.update-headers': 'ManageEndpoint',
  'v1.endpoint.patch-headers': 'ManageEndpoint',
  'v1.endpoint.recover': 'CreateAttempts',
  'v1.endpoint.replay-missing': 'CreateAttempts',
  'v1.endpoint.bulk-replay': 'CreateAttempts',
  'v1.endpoint.send-example': 'CreateAttempts',
  'v1.endpoint.test-attempt': 'CreateAttempts',
  'v1.message-attempt.resend': 'CreateAttempts',
  'v1.background-task.cancel': 'CreateAttempts',
  'v1.message.search': 'ViewBase',
};
/** Refused to a token without restrictions, as in the contract. */
const BY_NAME_ONLY = new Set(['v1.endpoint.send-example']);
/** What a capability contains besides itself; every one contains ViewBase, and every minted token has it. */
const CONTAINS: Readonly<Partial<Record<Capability, readonly Capability[]>>> = {
  ManageEndpointSecret: ['ViewEndpointSecret'],
  ManageEndpoint: ['ManageEndpointSecret', 'ViewEndpointSecret'],
};

const forApplications = operations.filter(({ auth }) => auth === 'application' || auth === 'any');
const forOrganizations = operations.filter(({ auth }) => auth === 'organization');

const expected = ({ operationId, method }: Operation): Capability => {
  const needed = NEEDS[operationId] ?? (method === 'GET' ? 'ViewBase' : undefined);
  if (needed === undefined)
    throw new Error(`Say in NEEDS which capability ${operationId} needs, and why in docs/tokens.md`);
  return needed;
};

const mayDo = (operation: Operation, granted: readonly Capability[] | null): boolean => {
  if (granted === null) return !BY_NAME_ONLY.has(operation.operationId);
  const base = granted.length === 0 ? [] : ['ViewBase'];
  const all = new Set([...base, ...granted, ...granted.flatMap((each) => CONTAINS[each] ?? [])]);
  return all.has(expected(operation));
};

/** All sets of capabilities; null: a token without the claim. */
const SETS: readonly (readonly Capability[] | null)[] = [
  null,
  ...Array.from({ length: 2 ** CAPABILITIES.length }, (_, bits) =>
    CAPABILITIES.filter((__, index) => ((bits >> index) & 1) === 1),
  ),
];

const pathOf = (path: string, app = 'acme') =>
  path
    .replace('{app_id}', app)
    .replace('{task_id}', 'qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2')
    .replaceAll(/\{\w+\}/g, 'missing');

/** Whether a request is refused for its capabilities; objects in its path are missing, so that nothing is done. */
const isForbidden = async ({ send }: Client, { method, path }: Operation, bearer: string) => {
  const body = method === 'GET' ? undefined : {};
  const headers = { authorization: `Bearer ${bearer}` };
  const { status, json } = await send(method, pathOf(path), body, headers);
  if (status === 401) throw new Error(`${method} ${path} refuses the token`);
  if (status === 403) expect(json.code).toBe('insufficient access');
  return status === 403;
};

const start = async () => {
  const client = await makeClient();
  const application = (await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
  await client.send('POST', '/api/v1/app', { name: 'Other', uid: 'other' });
  return { client, sub: String(application.id) };
};

describe('capabilities of application tokens', () => {
  it('are stated for every operation that accepts such a token', () => {
    const stated = forApplications.map(({ operationId, needs }) => [operationId, needs]);
    expect(stated).toEqual(forApplications.map((one) => [one.operationId, expected(one)]));
    expect(forApplications.length).toBeGreaterThan(30);
  });

  it.each(forApplications.map((one) => [one.operationId, one] as const))(
    'decide in every combination who may call %s',
    async (_, operation) => {
      const { client, sub } = await start();
      const leaks: string[] = [];
      for (const capabilities of SETS) {
        // A logout ends the token: each set has a token of its own.
        const claims = { sub, org: ORG, jti: `t${String(capabilities)}`.replaceAll(',', '.') };
        const bearer = await token(capabilities === null ? claims : { ...claims, capabilities });
        const forbidden = await isForbidden(client, operation, bearer);
        if (forbidden === mayDo(operation, capabilities)) leaks.push(String(capabilities));
      }
      expect(leaks).toEqual([]);
    },
  );

  it.each(forOrganizations.map((one) => [one.operationId, one] as const))(
    'never include %s, which is for organizations',
    async (_, operation) => {
      const { client, sub } = await start();
      for (const capabilities of [null, [...CAPABILITIES]]) {
        const claims = { sub, org: ORG, ...(capabilities === null ? {} : { capabilities }) };
        expect(await isForbidden(client, operation, await token(claims))).toBe(true);
      }
    },
  );

  it.each(
    forApplications
      .filter(({ path }) => path.includes('{app_id}'))
      .map((one) => [one.operationId, one] as const),
  )('never open another application to %s', async (_, { method, path }) => {
    const { client, sub } = await start();
    const bearer = await token({ sub, org: ORG, capabilities: [...CAPABILITIES] });
    const headers = { authorization: `Bearer ${bearer}` };
    const body = method === 'GET' ? undefined : {};
    expect((await client.send(method, pathOf(path, 'other'), body, headers)).status).toBe(404);
  });

  it('let a token that names CreateAttempts send examples of event types that it sees', async () => {
    const { client, sub } = await start();
    const { send, simulation } = client;
    await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test', uid: 'ep1' });
    const schemas = { 1: { type: 'object', examples: [{ n: 1 }] } };
    await send('POST', '/api/v1/event-type', { name: 'open', description: '', schemas });
    const featureFlags = ['beta'];
    await send('POST', '/api/v1/event-type', { name: 'beta', description: '', schemas, featureFlags });
    const example = async (eventType: string, claims: object) => {
      const authorization = `Bearer ${await token({ sub, org: ORG, ...claims })}`;
      const path = '/api/v1/app/acme/endpoint/ep1/send-example';
      return (await send('POST', path, { eventType }, { authorization })).status;
    };
    const named = { capabilities: ['ViewBase', 'CreateAttempts'] };
    expect(await example('svix.ping', named)).toBe(200);
    expect(await example('open', named)).toBe(200);
    expect(await example('beta', named)).toBe(404);
    expect(await example('beta', { ...named, feature_flags: featureFlags })).toBe(200);
    expect(simulation.published).toHaveLength(3);
    expect(await example('svix.ping', {})).toBe(403);
    expect(await example('svix.ping', { capabilities: ['ManageEndpoint'] })).toBe(403);
  });
});
