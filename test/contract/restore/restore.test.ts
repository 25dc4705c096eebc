import { randomUUID } from 'node:crypto';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import type { Stage } from '../../../scripts/dlq/stage.ts';
import { clientConfig } from '../../../scripts/local/deploy/guard.ts';
import { restore } from '../../../scripts/restore/command.ts';
import { parseRestoreOptions } from '../../../scripts/restore/options.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { scanPages } from '../../support/scan-pages.ts';
import { freshTable } from '../reads/tables.ts';
import { emulatorDynamo } from '../emulator.ts';

/** `npm run restore`, by a copy as on emulators, and with the calls that AWS gets. */
const client = emulatorDynamo();
const tables = new DynamoDBClient(clientConfig(inject('awsEndpoint')));

const rowsOf = async (table: string) => {
  const rows: unknown[] = [];
  for await (const page of scanPages(client, table)) rows.push(...page);
  return rows;
};

const prepare = async ({ isEmulated }: { readonly isEmulated: boolean }) => {
  const names = ['Catalog', 'Messages', 'Deliveries', 'Views', 'Control'];
  const outputs: Record<string, string> = {};
  for (const name of names) outputs[`${name}TableName`] = await freshTable(client);
  const get = (name: string) => outputs[name]!;
  const messages = get('MessagesTableName');
  await client.send(new PutCommand({ TableName: messages, Item: { pk: 'o#1', sk: 'm', at: NOON } }));
  const { Table } = await tables
    .send(new UpdateTableCommand({ TableName: messages, DeletionProtectionEnabled: true }))
    .then(() => tables.send(new DescribeTableCommand({ TableName: messages })));
  await tables.send(
    new TagResourceCommand({
      ResourceArn: Table!.TableArn!,
      Tags: [{ Key: 'posthorn-stage', Value: 'test' }],
    }),
  );
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  for (const name of names)
    await tables.send(
      new UpdateContinuousBackupsCommand({
        TableName: get(`${name}TableName`),
        PointInTimeRecoverySpecification,
      }),
    );
  const said: string[] = [];
  const stage = {
    name: `t${randomUUID().slice(0, 8)}`,
    dynamo: client,
    tables,
    isEmulated,
    get,
  } as Partial<Stage> as Stage;
  const run = (...args: string[]) =>
    restore(stage, parseRestoreOptions(args, NOON), {
      say: (text) => said.push(text),
      now: () => NOON,
      sleep: async () => {},
      stopped: () => false,
    });
  return { messages, said, run, stage };
};

describe.each([
  ['by a copy, on an emulator', true],
  ['from point-in-time backups', false],
])('npm run restore %s', (_, isEmulated) => {
  it('makes tables with stream, TTL, backups, tags and deletion protection, and prints the stage options', async () => {
    const { messages, said, run, stage } = await prepare({ isEmulated });
    const made = await run('--yes');
    expect(Object.keys(made)).toEqual(['catalog', 'messages', 'deliveries']);
    const { name, streamArn } = made.messages!;
    expect(name).toBe(`posthorn-${stage.name}-messages-20261123T120000`);
    const { Table } = await tables.send(new DescribeTableCommand({ TableName: name }));
    expect(Table).toMatchObject({
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      DeletionProtectionEnabled: true,
      LatestStreamArn: streamArn,
    });
    const expiry = await tables.send(new DescribeTimeToLiveCommand({ TableName: name }));
    expect(expiry.TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    const backups = await tables.send(new DescribeContinuousBackupsCommand({ TableName: name }));
    const { PointInTimeRecoveryDescription: recovery } = backups.ContinuousBackupsDescription!;
    expect(recovery!.PointInTimeRecoveryStatus).toBe('ENABLED');
    const { Tags } = await tables.send(new ListTagsOfResourceCommand({ ResourceArn: Table!.TableArn! }));
    expect(Tags).toEqual([{ Key: 'posthorn-stage', Value: 'test' }]);
    expect(await rowsOf(name)).toEqual(await rowsOf(messages));
    const index = await tables.send(new DescribeTableCommand({ TableName: made.deliveries!.name }));
    expect(index.Table!.GlobalSecondaryIndexes).toHaveLength(1);
    expect(said.at(-1)).toContain(`"name": "${name}"`);
    expect(said.at(-1)).toContain(`"streamArn": "${streamArn}"`);
    expect(said.at(-1)).not.toContain('cdk destroy');
  });

  it('goes on with the tables that it has begun', async () => {
    const { run } = await prepare({ isEmulated });
    const first = await run('--tables', 'messages', '--yes');
    expect(await run('--tables', 'messages', '--yes')).toEqual(first);
  });
});

describe('npm run restore', () => {
  it('makes nothing without --yes', async () => {
    const { said, run } = await prepare({ isEmulated: true });
    expect(await run('--at', '2026-11-20T00:00:00Z')).toEqual({});
    expect(said.at(-1)).toBe('Nothing was made: repeat with --yes.');
  });

  it('makes an empty table in place of one that is lost, and says to delete the service stack first', async () => {
    const { said, run, stage } = await prepare({ isEmulated: false });
    const lost = {
      ...stage,
      get: (name: string) => (name === 'ControlTableName' ? 'gone' : stage.get(name)),
    };
    const made = await restore(
      lost,
      parseRestoreOptions(['--tables', 'messages', '--empty', 'control', '--yes'], NOON),
      {
        say: (text) => said.push(text),
        now: () => NOON,
        sleep: async () => {},
        stopped: () => false,
      },
    );
    expect(made.control).toEqual({ name: `posthorn-${stage.name}-control-20261123T120000`, lost: true });
    expect(said.at(-1)).toContain(`npx cdk destroy posthorn-${stage.name}-service`);
    await expect(run('--tables', 'views', '--yes')).resolves.toBeDefined();
    const missing = { ...stage, get: () => 'gone' };
    await expect(
      restore(missing, parseRestoreOptions(['--yes'], NOON), {
        say: () => {},
        now: () => NOON,
        sleep: async () => {},
        stopped: () => false,
      }),
    ).rejects.toThrow('no longer exists');
  });

  it.each([
    ['an unknown table', ['--tables', 'queues']],
    ['a backup without an ARN', ['--backup', 'messages=latest']],
    ['an instant that cannot be read', ['--at', 'yesterday']],
  ])('refuses %s', (_, args) => {
    expect(() => parseRestoreOptions(args, NOON)).toThrow();
  });
});
