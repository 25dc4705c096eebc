import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { InlineCode } from 'aws-cdk-lib/aws-lambda';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { adoptShopEvents } from '../../../docs/snippets/ingest/adopt-events.ts';
import { OrdersStack } from '../../../docs/snippets/ingest/own-stack.ts';
import { ReportScheduleStack } from '../../../docs/snippets/ingest/schedule.ts';
import { TopicStack } from '../../../docs/snippets/ingest/sns-topic.ts';
import { DEFAULT_ORGANIZATION } from '../../../functions/platform/settings/default-organization.ts';
import { Posthorn } from '../../../lib/posthorn.ts';
import type { PosthornProps } from '../../../lib/posthorn.ts';
import { assembly, deployStacks, destroyStacks } from '../../../scripts/local/deploy/deploy.ts';
import type { DeployTask, Outputs } from '../../../scripts/local/deploy/deploy.ts';
import { clientConfig } from '../../../scripts/local/deploy/guard.ts';
import { makeLog } from '../../../scripts/local/log.ts';
import { restUrl } from '../../../scripts/local/stack.ts';
import { readSecret } from '../../../scripts/secrets/stored-secret.ts';
import { managementToken, organizationToken } from '../../../scripts/local/tokens.ts';
import { reconcile } from '../../../scripts/reconcile/command.ts';
import { restore } from '../../../scripts/restore/command.ts';
import type { TableOptions } from '../../../scripts/restore/command.ts';
import { isTableName, stateTable } from '../../../scripts/restore/state-tables.ts';
import { parseRestoreOptions } from '../../../scripts/restore/options.ts';
import { emulatorStage } from '../../../scripts/dlq/stage.ts';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Body, Send } from '../../support/api.ts';
import { callSns, ingestEvents } from '../../support/ingest.ts';
import { eventually } from '../../support/poll.ts';

/** A second stage in the account and region of the first, which keeps its state. */
const STAGE = `second-${inject('stack').stage.slice(-6)}`;
const OPTIONS: Omit<PosthornProps, 'stage'> = {
  ...{ target: 'emulator', keepState: true, dashboard: false },
  api: { http: false, rest: true },
};
const endpointUrl = inject('stack').awsEndpointUrl;

/** The stage in an app that is not ours, with the snippets of docs/ingest.md that the emulator runs. */
/** `tables`: as a command printed them. */
const synthesize = (outdir: string, tables: object = {}): void => {
  const app = new App({ outdir });
  const posthorn = new Posthorn(app, 'Webhooks', { stage: STAGE, ...OPTIONS, tables });
  // An operator disables termination protection before destroying a stage.
  posthorn.stateStack.terminationProtection = false;
  const { ingest } = posthorn;
  new OrdersStack(app, `${STAGE}-orders`, { ingest, code: new InlineCode('exports.handler = () => {};') });
  new ReportScheduleStack(app, `${STAGE}-reports`, { ingest });
  const { topic } = new TopicStack(app, `${STAGE}-topic`, { posthorn });
  new CfnOutput(Stack.of(topic), 'TopicArn', { value: topic.topicArn });
  adoptShopEvents(posthorn);
  app.synth();
};

const secretOf = async (outputs: Outputs): Promise<string> => {
  const secrets = new SecretsManagerClient(clientConfig(endpointUrl));
  const { current } = await readSecret(secrets, outputs['JwtSecretArn'] ?? '');
  secrets.destroy();
  return current;
};

/** Sends requests to the API of the stage with the token of an organization. */
const apiOf = async (outputs: Outputs): Promise<Send> => {
  const token = await organizationToken(DEFAULT_ORGANIZATION, await secretOf(outputs), new Date());
  return apiAt(restUrl(endpointUrl, outputs), token);
};

/** A second attempt comes soon, and a third one long after the test, however long its deployments take. */
const retryTwice = async (outputs: Outputs): Promise<void> => {
  const url = `${restUrl(endpointUrl, outputs)}/management/v1/organization/${DEFAULT_ORGANIZATION}/settings`;
  const token = await managementToken(await secretOf(outputs), new Date());
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ retrySchedule: [1, 21_600] }),
  });
  expect(answer.status, await answer.text()).toBe(200);
};

const applications = async (send: Send): Promise<string[]> =>
  ((await send('GET', '/app')).json as { data: Body[] }).data.map(({ uid }) => String(uid));

/** Publishes to the application `new` as docs/ingest.md says; returns the event types of its messages. */
const eventTypesBySnippets = async (outputs: Outputs, send: Send): Promise<string[]> => {
  vi.stubEnv('AWS_ENDPOINT_URL', endpointUrl);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('INGEST_BUS', outputs['IngestBusArn']);
  vi.stubEnv('INGEST_QUEUE_URL', outputs['IngestQueueUrl']);
  const { publishOrders } = await import('../../../docs/snippets/ingest/put-events.ts');
  const { publishInvoices } = await import('../../../docs/snippets/ingest/send-messages.ts');
  await publishOrders([{ id: '1', customer: 'new', total: 7 }]);
  await publishInvoices([{ id: '1', customer: 'new', document: '{"total": 7}' }]);
  await callSns({
    ...{ Action: 'Publish', TopicArn: outputs['TopicArn'] ?? '' },
    Message: JSON.stringify({ application: 'new', eventType: 'shipment.sent', payload: {} }),
  });
  await ingestEvents().send(
    new PutEventsCommand({
      Entries: [{ Source: 'shop.orders', DetailType: 'Order Placed', Detail: '{"customer":"new"}' }],
    }),
  );
  vi.unstubAllEnvs();
  const types = async () =>
    ((await send('GET', '/app/new/msg')).json as { data: Body[] }).data.map(({ eventType }) =>
      String(eventType),
    );
  return (await eventually(types, (some) => some.length >= 5, { what: 'five messages' })).toSorted();
};

/** The outputs that name these tables. MiniStack leaves outputs as they were where nothing else of a stack changes. */
const namesOf = (tables: TableOptions): Outputs =>
  Object.fromEntries(
    Object.entries(tables).flatMap(([name, option]) =>
      isTableName(name) ? [[stateTable(name).output, option.name]] : [],
    ),
  );

/**
 * `npm run restore` by a copy, a deployment with the options that it prints, and `npm run reconcile`: the log of attempts is
 * lost, and what was accepted before is delivered again.
 */
const rehearseRestore = async (task: DeployTask, outputs: Outputs, send: Send): Promise<Outputs> => {
  await retryTwice(outputs);
  await send('POST', '/app/new/endpoint', { url: 'https://receiver.invalid/hooks', uid: 'unreachable' });
  const sent = await send('POST', '/app/new/msg', { eventType: 'order.paid', payload: { n: 1 } });
  expect(sent.status, sent.text).toBe(202);
  const id = String((sent.json as Body)['id']);
  const attempts = async () =>
    ((await send('GET', `/app/new/attempt/msg/${id}`)).json as { data: Body[] }).data;
  // The third attempt is due after hours, so none arrives between the deployment and the question below.
  await eventually(attempts, (found) => found.length > 1, { what: 'two attempts' });
  const terminal = { say: () => undefined, now: () => Date.now() };
  const made = await restore(
    emulatorStage(STAGE, endpointUrl, outputs),
    parseRestoreOptions(['--tables', 'catalog,messages', '--empty', 'deliveries', '--yes'], Date.now()),
    { ...terminal, sleep: (ms) => wait(ms), stopped: () => false },
  );
  synthesize(assembly(task), made);
  const deployed = await deployStacks(task, () => undefined);
  const restored = { ...deployed, ...namesOf(made) };
  expect(await applications(send)).toContain('new');
  expect(await attempts()).toEqual([]);
  const counts = await reconcile(
    emulatorStage(STAGE, endpointUrl, restored),
    { stage: STAGE, since: 0, fix: true, changed: false, rate: 1_000 },
    { ...terminal, graceMs: 0, signal: new AbortController().signal },
  );
  expect(counts['never-tried']).toBe(1);
  await eventually(attempts, (found) => found.length > 0, { what: 'an attempt after the restore' });
  return restored;
};

describe('a second stage in the same account and region', () => {
  let task: DeployTask;
  beforeAll(async () => {
    const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-redeploy-'));
    const logDir = process.env['POSTHORN_LOG_DIR'] ?? tempDir;
    const { signal } = new AbortController();
    task = {
      endpointUrl,
      stage: STAGE,
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
    const restored = await rehearseRestore(task, after, send);
    expect(await eventTypesBySnippets(restored, send)).toEqual([
      ...['invoice.created', 'order.created', 'order.paid', 'order.placed', 'shipment.sent'],
    ]);
    await destroyStacks(task);
    await (await freshTenant()).ask('POST', '/app', { name: 'The first stage still works' });
  });
});
