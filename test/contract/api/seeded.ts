import { mintApplicationToken, mintOrganizationToken } from '../../../functions/api/authentication/tokens.ts';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { appId, endpointId, messageId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { attempt } from '../../support/simulation/builders.ts';
import { freshOrg } from '../store/catalog.ts';
import type { ServedApi } from './served-api.ts';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { emulatorDynamo } from '../emulator.ts';

/** One object of each kind that a path can name, and tokens that can access them. */
export interface Seeded {
  readonly organizationToken: string;
  readonly applicationToken: string;
  /** By the name of the path parameter. */
  readonly ids: Readonly<Record<string, string>>;
  /** Where a path names another object than `ids`: a part of such paths, and the names of its parameters. */
  readonly idsIn: readonly IdsInPaths[];
}

export interface IdsInPaths {
  readonly path: string;
  readonly ids: Readonly<Record<string, string>>;
}

const EVENT_TYPE = 'invoice.paid';
const CANCEL = '/msg/{msg_id}/cancel';
const EXAMPLE = { type: 'object', properties: { id: { type: 'string' } }, example: { id: 'in_1' } };

const recordAttempts = async ({ tables }: ServedApi, attempts: readonly Attempt[]) => {
  const client = emulatorDynamo();
  for (const one of attempts) {
    const row = attemptRows(one).row;
    await client.send(new PutCommand({ TableName: tables.deliveries, Item: row }));
  }
  await makeProject(makeViews(client, tables.views, makeInsertNew(client, tables.views)))(attempts);
};

export const seed = async (api: ServedApi): Promise<Seeded> => {
  const orgId = freshOrg();
  const { ids } = api.deps;
  const now = Date.now();
  const organizationToken = await mintOrganizationToken(api.deps, orgId, now);
  const post = async (path: string, body: object): Promise<{ id: string }> => {
    const answer = await fetch(`${api.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${organizationToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`POST ${path} answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  await post('/event-type', { name: EVENT_TYPE, description: 'An invoice', schemas: { 1: EXAMPLE } });
  const application = await post('/app', { name: 'Acme' });
  const endpoint = await post(`/app/${application.id}/endpoint`, { url: 'https://receiver.example' });
  const message = await post(`/app/${application.id}/msg`, {
    eventType: EVENT_TYPE,
    payload: { id: 'in_1' },
  });
  const delayed = await post(`/app/${application.id}/msg`, {
    eventType: EVENT_TYPE,
    payload: { id: 'in_2' },
    deliverAt: new Date(now + 20 * 3_600_000).toISOString(),
  });
  const operational = await post('/operational-webhook/endpoint', { url: 'https://operator.example' });
  const place = {
    orgId,
    appId: appId(application.id),
    messageId: messageId(message.id),
    endpointId: endpointId(endpoint.id),
    eventType: EVENT_TYPE,
  };
  const failed = attempt({
    ...{ ...place, id: ids.attempt(now), at: now, succeeded: false, responseStatusCode: 503 },
    decision: { kind: 'retry', at: now + 5_000 },
  });
  const succeeded = attempt({
    ...{ ...place, id: ids.attempt(now + 5_000), at: now + 5_000 },
    trigger: { kind: 'scheduled', number: 2 },
  });
  await recordAttempts(api, [failed, succeeded]);
  const grant = { featureFlags: [], capabilities: null, expirySeconds: null, sessionId: null };
  return {
    organizationToken,
    applicationToken: await mintApplicationToken(api.deps, place, grant, now),
    ids: {
      org_id: orgId,
      app_id: application.id,
      endpoint_id: endpoint.id,
      msg_id: message.id,
      attempt_id: failed.id,
      event_type_name: EVENT_TYPE,
    },
    idsIn: [
      { path: '/operational-webhook/', ids: { endpoint_id: operational.id } },
      { path: CANCEL, ids: { msg_id: delayed.id } },
    ],
  };
};
