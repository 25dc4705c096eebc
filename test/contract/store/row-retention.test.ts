import { ScanCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import { idTime } from '../../../functions/platform/ids/ids.domain.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeRebuildViews } from '../../../functions/read-models/rebuild/rebuild-views.dynamo.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { attempt } from '../../support/simulation/builders.ts';
import { freshTable } from '../reads/tables.ts';
import { emulatorDynamo } from '../emulator.ts';

const DAYS = 30;
const FAILED = attempt({
  succeeded: false,
  responseStatusCode: 500,
  decision: { kind: 'exhausted' },
  response: Array.from({ length: 3_000 }, (_, index) => index).join(' '),
});

describe('on a stage that keeps rows for 30 days', () => {
  let client: ReturnType<typeof emulatorDynamo>;
  let tables: { deliveries: string; views: string; control: string };
  const rows = async (TableName: string) => (await client.send(new ScanCommand({ TableName }))).Items ?? [];

  beforeAll(async () => {
    client = emulatorDynamo();
    const table = () => freshTable(client);
    tables = { deliveries: await table(), views: await table(), control: await table() };
    const log = makeAttemptLog(client, tables, makeInsertNew(client, tables.deliveries), DAYS);
    await log.record(FAILED);
    await makeProject(makeViews(client, tables.views, makeInsertNew(client, tables.views), DAYS))([FAILED]);
  });

  it('an attempt, its response and its rows in the read models expire after 30 days', async () => {
    const end = (at: number) => Math.ceil(at / 1000) + DAYS * 86_400;
    const [logged, read] = [await rows(tables.deliveries), await rows(tables.views)];
    expect(logged.map(({ ttl }): unknown => ttl)).toEqual([end(FAILED.at), end(FAILED.at)]);
    const ends = [end(FAILED.at), end(idTime(FAILED.messageId) ?? 0)];
    expect(read.map(({ ttl }): unknown => ttl).toSorted()).toEqual(ends.toSorted());
  });

  it('a rebuild with the same row retention finds them right, and with another one repairs them', async () => {
    const rebuild = (days?: number) =>
      makeRebuildViews(
        client,
        tables.views,
        makeViews(client, tables.views, makeInsertNew(client, tables.views), days),
        days,
      );
    expect(await rebuild(DAYS).latestAttempts([FAILED])).toEqual([true]);
    expect(await rebuild(DAYS).latestMessages([FAILED])).toEqual([endpointMessageOf(FAILED)]);
    expect(await rebuild().latestAttempts([FAILED])).toEqual([false]);
    expect(await rebuild().latestMessages([FAILED])).toEqual(['unreadable']);
  });
});
