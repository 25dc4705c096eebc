import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App } from 'aws-cdk-lib';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildApp } from '../../../lib/app.ts';
import { parseStage } from '../../../lib/config.ts';
import { assembly, deployStacks, destroyStacks } from '../../../scripts/local/deploy/deploy.ts';
import type { DeployTask, Outputs } from '../../../scripts/local/deploy/deploy.ts';
import { clientConfig } from '../../../scripts/local/deploy/guard.ts';
import { makeLog } from '../../../scripts/local/log.ts';
import { restUrl } from '../../../scripts/local/stack.ts';
import { currentSecret } from '../../../scripts/local/secrets.ts';
import { organizationToken } from '../../../scripts/local/tokens.ts';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Body, Send } from '../../support/api.ts';

/** A second stage in the account and region of the first, which keeps its state. */
const config = parseStage(
  `second-${inject('stack').stage.slice(-6)}`,
  JSON.stringify({ target: 'emulator', keepState: true, dashboard: false, api: { http: false, rest: true } }),
);
const endpointUrl = inject('stack').awsEndpointUrl;

const synthesize = (outdir: string): void => {
  const app = new App({ outdir });
  const { state } = buildApp(app, config);
  // An operator disables termination protection before destroying a stage.
  state.terminationProtection = false;
  app.synth();
};

/** Sends requests to the API of the stage with the token of an organization. */
const apiOf = async (outputs: Outputs): Promise<Send> => {
  const secrets = new SecretsManagerClient(clientConfig(endpointUrl));
  const secret = await currentSecret(secrets, outputs['JwtSecretArn'] ?? '');
  secrets.destroy();
  const token = await organizationToken('org_23rb8YdGqMT0qIzpgGwdXfHirMu', secret, new Date());
  return apiAt(restUrl(endpointUrl, outputs), token);
};

const applications = async (send: Send): Promise<string[]> =>
  ((await send('GET', '/app')).json as { data: Body[] }).data.map(({ uid }) => String(uid));

describe('a second stage in the same account and region', () => {
  let task: DeployTask;
  beforeAll(async () => {
    const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-redeploy-'));
    const logDir = process.env['POSTHORN_LOG_DIR'] ?? tempDir;
    const { signal } = new AbortController();
    task = {
      endpointUrl,
      stage: config.name,
      context: {},
      tempDir,
      logDir,
      log: makeLog(process.stdout),
      signal,
    };
    synthesize(assembly(task));
  });
  afterAll(() => rm(task.tempDir, { recursive: true, force: true }));

  it('is deployed, destroyed and deployed again beside its retained resources, and the first stage keeps working', async () => {
    const before = await deployStacks(task, () => undefined);
    const old = await apiOf(before);
    expect((await old('POST', '/app', { name: 'Old', uid: 'old' })).status).toBe(201);

    await destroyStacks(task);
    const tables = new DynamoDBClient(clientConfig(endpointUrl));
    const retained = await tables.send(new DescribeTableCommand({ TableName: before['CatalogTableName'] }));
    tables.destroy();
    expect(retained.Table?.TableStatus).toBe('ACTIVE');

    const after = await deployStacks(task, () => undefined);
    // On AWS generated names differ, so the stage starts empty; MiniStack derives the same names from the stack's name.
    const send = await apiOf(after);
    expect((await send('POST', '/app', { name: 'New', uid: 'new' })).status).toBe(201);
    expect(await applications(send)).toContain('new');
    await destroyStacks(task);
    await (await freshTenant()).ask('POST', '/app', { name: 'The first stage still works' });
  });
});
