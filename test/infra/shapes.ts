import { pascalCase } from '../../lib/building-blocks/logical-id.ts';
import { loadStage, parseStage } from '../../lib/config.ts';
import type { StageConfig } from '../../lib/config.ts';
import type { Template, Templates } from '../support/permissions/deployed.ts';
import { STAGES, synthOf } from './synth.ts';
import type { Synthesized } from './synth.ts';

const aws = (name: string, more: object): StageConfig =>
  parseStage(name, JSON.stringify({ target: 'aws', keepState: true, ...more }));

const streamOf = (table: string) =>
  `arn:aws:dynamodb:eu-west-1:111122223333:table/restored-${table}/stream/2026-01-01T00:00:00.000`;

/** Tables that `npm run restore` made. */
const RESTORED = {
  ...Object.fromEntries(
    ['catalog', 'messages', 'deliveries'].map((table) => [
      table,
      { name: `restored-${table}`, streamArn: streamOf(table) },
    ]),
  ),
  views: { name: 'restored-views' },
  control: { name: 'restored-control' },
};

const EVERY_OPTION = {
  api: { http: true, rest: true },
  throttle: { rate: 100, burst: 50 },
  accountConcurrency: 200,
  reservedConcurrency: { publish: 50, query: 20, admin: 10, testAttempt: 5 },
  logRetentionDays: 7,
  alarmEmail: 'on-call@example.com',
  alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call',
  dashboard: false,
  domain: {
    name: 'hooks.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
    basePath: 'webhooks',
  },
  egress: { natGateways: 2, interfaceEndpoints: true },
  customerManagedKey: true,
  monthlyBudget: 100,
  tracing: true,
  backUpDeliveries: false,
  delivery: { maximumConcurrency: 10, timeoutSeconds: 120 },
  bulkDelivery: { maximumConcurrency: 3 },
  slowDelivery: { maximumConcurrency: 2 },
  fanOutWide: { maximumConcurrency: 2 },
  ingest: [
    {
      name: 'default',
      organization: 'org_first',
      accounts: ['444455556666'],
      principals: ['arn:aws:iam::777788889999:role/shop'],
      awsOrganization: 'o-a1b2c3d4e5',
      rules: ['arn:aws:events:eu-west-1:111122223333:rule/orders'],
      topics: ['arn:aws:sns:eu-west-1:111122223333:orders'],
      maximumConcurrency: 5,
    },
    { name: 'orders-eu', organization: 'org_second' },
  ],
  portal: {
    domain: {
      name: 'portal.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
    },
    frameAncestors: ["'self'", 'https://*.example.com'],
    allowedServerUrls: ['https://webhooks.example.com'],
    newLinkUrl: 'https://app.example.com/webhooks',
  },
  settings: { requestTimeout: 10, endpointHttpsOnly: true },
};

/** The configurations of stages under test; together they vary every stage option. */
export const SHAPE_CONFIGS: Readonly<Record<string, StageConfig>> = {
  'HTTP API, state kept': aws('http', {}),
  'HTTP API, state not kept': aws('try', { keepState: false }),
  'REST API, state not kept': aws('rest', { keepState: false, api: { http: false, rest: true } }),
  'REST API, state kept, in a named account and region': aws('named', {
    api: { http: false, rest: true },
    account: '111122223333',
    region: 'eu-west-1',
    domain: {
      name: 'hooks.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
    },
    egress: {},
  }),
  'both APIs and every option': aws('everything', EVERY_OPTION),
  'aliases and restored tables': aws('again', {
    gradualDeployment: 'linear',
    tables: RESTORED,
    customerManagedKey: true,
  }),
  'an emulator': loadStage({ stage: 'local' }, STAGES),
  'an emulator without HTTP APIs': loadStage({ stage: 'local', restOnly: true }, STAGES),
};

/** The synthesized stages, on demand and once per worker. */
export const SHAPES: Readonly<Record<string, () => Synthesized>> = Object.fromEntries(
  Object.entries(SHAPE_CONFIGS).map(([name, config]) => [name, () => synthOf(config)]),
);

/** The tables of the option `tables`, which no stack has: with the logical ids of the tables that they replace. */
const restoredTables = ({ name, tables, customerManagedKey }: StageConfig): Template => ({
  Resources: Object.fromEntries(
    Object.entries(tables).map(([table, restored]) => [
      `${pascalCase(table)}Table`,
      {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: restored?.name,
          ...(customerManagedKey
            ? {
                SSESpecification: {
                  KMSMasterKeyId: `arn:aws:kms:eu-west-1:111122223333:key/posthorn-${name}-state-StateKey-1A2B3C4D`,
                },
              }
            : {}),
        },
      },
    ]),
  ),
});

/** All templates of a shape, and what its options say exists outside of them. */
export const surroundedTemplates = (shape: string): Templates => ({
  ...SHAPES[shape]!().templates,
  outside: restoredTables(SHAPE_CONFIGS[shape]!),
});
