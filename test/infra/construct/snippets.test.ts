import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { InlineCode } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { adoptShopEvents } from '../../../docs/snippets/ingest/adopt-events.ts';
import { OutboxStack } from '../../../docs/snippets/ingest/outbox.ts';
import { OrdersStack } from '../../../docs/snippets/ingest/own-stack.ts';
import { ReportScheduleStack } from '../../../docs/snippets/ingest/schedule.ts';
import { TopicStack } from '../../../docs/snippets/ingest/sns-topic.ts';
import { Posthorn } from '../../../lib/posthorn.ts';
import { projectDir } from '../../../scripts/local/paths.ts';
import { ACCOUNT, REGION, deployedFrom, ofKind } from '../../support/permissions/deployed.ts';
import type { Template } from '../../support/permissions/deployed.ts';
import { decide } from '../../support/permissions/policies.ts';
import { inFolder } from '../synth.ts';

/** The snippets of docs/ingest.md, in an app with a stage of its own. */
const templates = inFolder((outdir) => {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const env = { account: ACCOUNT, region: REGION };
  const posthorn = new Posthorn(app, 'Webhooks', { stage: 'prod', keepState: true, ...env });
  const { ingest } = posthorn;
  const stacks = [
    new OrdersStack(app, 'Orders', { env, ingest, code: new InlineCode('exports.handler = () => {};') }),
    new OutboxStack(app, 'Outbox', { env, ingest }),
    new ReportScheduleStack(app, 'Reports', { env, ingest }),
    new TopicStack(app, 'Topic', { env, posthorn }),
  ];
  adoptShopEvents(posthorn);
  const assembly = app.synth();
  return Object.fromEntries(
    [...stacks, posthorn.stateStack, posthorn.serviceStack].map(({ stackName, artifactId }) => [
      stackName,
      assembly.getStackArtifact(artifactId).template as Template,
    ]),
  );
});
const resources = deployedFrom(templates);
const arnOf = (type: string, id: RegExp): string =>
  ofKind(resources, type).find((one) => id.test(`${one.stack} ${one.id}`))!.arn!;

const QUEUE = arnOf('AWS::SQS::Queue', /IngestQueue$/);
const DEAD_LETTERS = arnOf('AWS::SQS::Queue', /IngestDlq$/);
const BUS = arnOf('AWS::Events::EventBus', /IngestBus$/);
const EVENTS = arnOf('AWS::Events::EventBus', /EventBus$/);
const roleIn = (stack: string) => arnOf('AWS::IAM::Role', new RegExp(`^${stack} `));

const may = async (
  principal: string,
  action: string,
  resource: string,
  context: Record<string, string> = {},
): Promise<boolean> => (await decide(resources, { principal, action, resource, context })).allowed;

describe('a snippet of docs/ingest.md', () => {
  it('publishes from a function by PutEvents: with the source of events to publish, on the ingest bus, nothing else', async () => {
    const role = roleIn('Orders');
    const put = (resource: string, context: Record<string, string>) =>
      may(role, 'events:PutEvents', resource, context);
    expect(await put(BUS, { 'events:source': 'posthorn.publish' })).toBe(true);
    expect(await put(BUS, { 'events:source': 'posthorn' })).toBe(false);
    expect(await put(BUS, {})).toBe(false);
    expect(await put(EVENTS, { 'events:source': 'posthorn.publish' })).toBe(false);
    expect(await may(role, 'sqs:SendMessage', QUEUE)).toBe(false);
  });

  it.each(['Outbox', 'Reports'])(
    'publishes from %s by the ingest queue, and may only send to it',
    async (stack) => {
      const role = roleIn(stack);
      expect(await may(role, 'sqs:SendMessage', QUEUE)).toBe(true);
      expect(await may(role, 'sqs:ReceiveMessage', QUEUE)).toBe(false);
      expect(await may(role, 'sqs:DeleteMessage', QUEUE)).toBe(false);
      expect(await may(role, 'sqs:SendMessage', DEAD_LETTERS)).toBe(false);
      expect(await may(role, 'events:PutEvents', BUS, { 'events:source': 'posthorn.publish' })).toBe(false);
    },
  );

  it('reads the stream of the outbox, and dead-letters there what the ingest queue does not take', async () => {
    const role = roleIn('Outbox');
    const [table] = ofKind(resources, 'AWS::DynamoDB::Table').filter(({ stack }) => stack === 'Outbox');
    const stream = `${table!.arn!}/stream/2026-01-01T00:00:00.000`;
    expect(await may(role, 'dynamodb:GetRecords', stream)).toBe(true);
    expect(await may(role, 'dynamodb:PutItem', table!.arn!)).toBe(false);
    expect(await may(role, 'sqs:SendMessage', arnOf('AWS::SQS::Queue', /^Outbox /))).toBe(true);
  });

  it('subscribes the ingest queue to a topic, which alone may send', async () => {
    const sns = (topic: string) =>
      may('sns.amazonaws.com', 'sqs:SendMessage', QUEUE, { 'aws:SourceArn': topic });
    expect(await sns(arnOf('AWS::SNS::Topic', /Shipments/))).toBe(true);
    expect(await sns(`arn:aws:sns:${REGION}:${ACCOUNT}:other`)).toBe(false);
    const subscriptions = ofKind(resources, 'AWS::SNS::Subscription');
    expect(subscriptions.map(({ properties }) => String(properties['RawMessageDelivery']))).toEqual(['true']);
  });

  it('adopts events by a rule, which alone may send', async () => {
    const events = (rule: string) =>
      may('events.amazonaws.com', 'sqs:SendMessage', QUEUE, { 'aws:SourceArn': rule });
    expect(await events(arnOf('AWS::Events::Rule', /AdoptShopEvents/))).toBe(true);
    expect(await events(`arn:aws:events:${REGION}:${ACCOUNT}:rule/other`)).toBe(false);
  });
});

/** The page has less indentation. */
const unindented = (text: string) => text.replaceAll(/^ +/gm, '');
const page = readFileSync(join(projectDir, 'docs/ingest.md'), 'utf8');
const folder = join(projectDir, 'docs/snippets/ingest');

it.each(readdirSync(folder))(
  'docs/ingest.md names the snippet %s, and what it prints of it is what is tested',
  (file) => {
    expect(page).toContain(`(snippets/ingest/${file})`);
    const printed = [...page.matchAll(/^<!-- (\S+) -->\n+```ts\n([\s\S]*?)^```/gm)];
    for (const [, name, text] of printed)
      if (name === file)
        expect(unindented(readFileSync(join(folder, file), 'utf8'))).toContain(unindented(text ?? ''));
  },
);
