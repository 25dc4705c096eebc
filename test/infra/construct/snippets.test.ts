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
import { makeMessageDecoder } from '../../../functions/ingest/message-decoder.wiring.ts';
import { readRecord, recordedMessage } from '../../../functions/ingest/record-format.ts';
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

/** What ingest reads of the body of a queue message. */
const ingested = (body: string) => {
  const { application, message } = recordedMessage(readRecord(body), 'by-default');
  const decoded = makeMessageDecoder()(message);
  if (decoded.kind === 'invalid') throw new Error(decoded.reason);
  const { body: payload, eventType, eventId } = decoded.content;
  return { application, eventType, eventId, payload: JSON.parse(Buffer.from(payload).toString()) as unknown };
};

/** The value at a path such as `$.dynamodb.Keys.id.S`. */
const valueAt = (event: unknown, path: string): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);

/** Input transformation by the rules of Pipes: a path is replaced by its text, or by JSON if it leads to no scalar. */
const transformed = (template: string, event: unknown): string =>
  template.replaceAll(/<(\$[\w.-]+)>/g, (_, path: string) => {
    const value = valueAt(event, path);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });

/** A record of a DynamoDB stream, as DynamoDB's documentation has it. */
const streamRecord = (eventName: string, Image: object) => ({
  ...{ eventID: '1', eventName, eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: REGION },
  dynamodb: {
    ApproximateCreationDateTime: 1_764_500_000,
    ...{ Keys: { id: { S: 'order-17' } }, [eventName === 'REMOVE' ? 'OldImage' : 'NewImage']: Image },
    ...{ SequenceNumber: '300000000000000499659', SizeBytes: 41, StreamViewType: 'NEW_IMAGE' },
  },
  eventSourceARN: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Outbox/stream/2026-01-01T00:00:00.000`,
});

describe('a record that a snippet sends', () => {
  it('from the outbox is one message for each new item, and none for items that expire', () => {
    const [pipe] = ofKind(resources, 'AWS::Pipes::Pipe');
    const properties = pipe!.properties as any;
    const image = {
      ...{ application: { S: 'acme' }, eventType: { S: 'order.created' }, order: { S: '17' } },
      ...{ total: { N: '7.50' }, id: { S: 'order-17' } },
    };
    const body = transformed(
      properties.TargetParameters.InputTemplate as string,
      streamRecord('INSERT', image),
    );
    expect(ingested(body)).toEqual({
      ...{ application: 'acme', eventType: 'order.created', eventId: 'order-17' },
      payload: { order: '17', total: '7.50' },
    });
    const patterns = (properties.SourceParameters.FilterCriteria.Filters as { Pattern: string }[]).map(
      ({ Pattern }) => JSON.parse(Pattern) as { eventName: string[] },
    );
    const passes = (eventName: string) =>
      patterns.some((pattern) => pattern.eventName.includes(streamRecord(eventName, image).eventName));
    expect(['INSERT', 'MODIFY', 'REMOVE'].filter(passes)).toEqual(['INSERT']);
  });

  it('from a schedule is a message whose event id says which run of the schedule it is', () => {
    const [schedule] = ofKind(resources, 'AWS::Scheduler::Schedule');
    const attributes: Record<string, string> = {
      'scheduled-time': '2026-03-22T06:00:00Z',
      'execution-id': 'd32c5kddcf5bb8c3',
    };
    const input = (schedule!.properties as any).Target.Input as string;
    const body = input.replaceAll(
      /<aws\.scheduler\.([a-z-]+)>/g,
      (all, name: string) => attributes[name] ?? all,
    );
    expect(ingested(body)).toEqual({
      ...{ application: 'acme', eventType: 'report.due', eventId: 'report-d32c5kddcf5bb8c3' },
      payload: { scheduled: '2026-03-22T06:00:00Z' },
    });
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
