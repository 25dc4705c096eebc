import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { makeApplicationStore } from '../../../functions/catalog/applications/applications.dynamo.ts';
import { makeCatalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeEndpointStore } from '../../../functions/catalog/endpoints/endpoints.dynamo.ts';
import { makeSettingsStore } from '../../../functions/catalog/settings/settings.dynamo.ts';
import { makeTokenStore } from '../../../functions/catalog/tokens/tokens.dynamo.ts';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import { formatQueueMessage, parseQueueMessage } from '../../../functions/deliver/queue/queue-message.ts';
import { makeDue } from '../../../functions/deliver/retries/due-items.dynamo.ts';
import { MANAGEMENT_ORGANIZATION } from '../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { makePayloadObjects } from '../../../functions/messages/payload-objects.s3.ts';
import { makePayloads } from '../../../functions/messages/payloads.ts';
import { viewKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import type { OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeMessages } from '../../../functions/publish/messages.dynamo.ts';
import { makeTaskStore } from '../../../functions/replay/tasks.dynamo.ts';
import type { Stage } from '../../../scripts/dlq/stage.ts';
import { wipe } from '../../../scripts/wipe/command.ts';
import {
  NOON,
  attempt,
  delivery,
  message,
  newApplication,
  newEndpoint,
  task,
  uniqueIds,
} from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { scanPages } from '../../support/scan-pages.ts';
import { freshOrg } from '../store/catalog.ts';
import { freshTable } from '../reads/tables.ts';
import { emulatorDynamo, emulatorS3 } from '../emulator.ts';

/** `npm run wipe` on tables of its own, with the rows of several tenants side by side. */

const client = emulatorDynamo();
const s3 = emulatorS3();
const NAMES = ['Catalog', 'Messages', 'Deliveries', 'Views', 'Control'] as const;
/** Does not compress, so it is stored in S3. */
const LARGE = makeRandom(5).bytes(20_000);

const text = (row: object) =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

const makeStage = async () => {
  const bucket = `wipe-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const tables = Object.fromEntries(
    await Promise.all(NAMES.map(async (name) => [`${name}TableName`, await freshTable(client)] as const)),
  );
  const outputs: Record<string, string> = { ...tables, PayloadsBucketName: bucket };
  const get = (name: string) => outputs[name]!;
  const stage = { name: 'test', dynamo: client, s3, get } as Partial<Stage> as Stage;
  const catalog = makeCatalog(client, get('CatalogTableName'));
  const stores = {
    applications: makeApplicationStore(catalog),
    endpoints: makeEndpointStore(catalog),
    settings: makeSettingsStore(catalog),
    tokens: makeTokenStore({ catalog, control: get('ControlTableName'), randomCopy: () => 0 }),
    messages: makeMessages(
      { client, messages: get('MessagesTableName'), control: get('ControlTableName') },
      makePayloads(makePayloadObjects(bucket, s3)),
    ),
  };
  /** An application with a row in every family that functions write. */
  const fill = async (org: OrgId, uid: string | null = null) => {
    const application = newApplication({ orgId: org, uid });
    const place = { orgId: org, appId: application.id };
    await stores.applications.create(application);
    const live = newEndpoint(application.id, { orgId: org, uid: 'main' });
    await stores.endpoints.create(live);
    const gone = newEndpoint(application.id, { orgId: org });
    await stores.endpoints.create(gone);
    await stores.endpoints.remove(org, application.id, gone.id, NOON);
    for (const body of [Buffer.from('{}'), LARGE]) {
      const id = uniqueIds.message(NOON);
      const payload = await stores.messages.storePayload(org, id, body);
      await stores.messages.store(message({ ...place, id, eventId: `e-${id}`, payload }), NOON);
      const log = makeAttemptLog(
        client,
        { deliveries: get('DeliveriesTableName'), control: get('ControlTableName') },
        makeInsertNew(client, get('DeliveriesTableName')),
      );
      await log.record(
        attempt({ ...place, messageId: id, endpointId: live.id, id: uniqueIds.attempt(NOON) }),
      );
    }
    const due = makeDue(client, get('ControlTableName'), {
      format: formatQueueMessage,
      parse: parseQueueMessage,
    });
    await due.put(delivery({ ...place, endpointId: live.id }), NOON + 3_600_000, NOON);
    await makeTaskStore(client, get('ControlTableName')).create(task({ ...place, id: uniqueIds.task(NOON) }));
    const hours = viewKeys.endpointHours(org, application.id, live.id);
    for (const [pk, sk] of [
      [hours, '2026-11-23T12'],
      [viewKeys.dirtyHours(3), `2026-11-23T12#${hours}`],
    ])
      await client.send(new PutCommand({ TableName: get('ViewsTableName'), Item: { pk, sk, v: 1 } }));
    return application;
  };
  const rows = async () => {
    const all: string[] = [];
    for (const name of NAMES)
      for await (const page of scanPages(client, get(`${name}TableName`)))
        for (const row of page.filter(({ pk }) => !/^(audit|wipe)#/.test(String(pk))))
          all.push(`${name} ${String(row['pk'])} ${String(row['sk'])} ${text(row)}`);
    return all.sort();
  };
  const payloads = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key!);
  const said: string[] = [];
  const run = (
    options: { org?: string; app?: string; yes?: boolean },
    signal = new AbortController().signal,
  ) =>
    wipe(
      stage,
      { stage: 'test', rate: 100_000, segments: 2, yes: false, ...options },
      {
        say: (text) => said.push(text),
        now: () => NOON,
        signal,
        auditFile: join(tmpdir(), `wipe-${randomUUID()}`),
      },
    );
  return { stage, stores, bucket, fill, rows, payloads, said, run };
};

it('npm run wipe --app deletes every row and payload of one application, and nothing of those beside it', async () => {
  const { fill, rows, payloads, run, said } = await makeStage();
  const org = freshOrg();
  await fill(org);
  await fill(freshOrg());
  const [before, payloadsBefore] = [await rows(), await payloads()];
  const doomed = await fill(org, 'acme');
  const found = await run({ app: 'acme', org });
  expect(found.objects).toBe(1);
  expect(said.at(-1)).toContain('Nothing was deleted: repeat with --yes.');
  expect(await payloads()).toHaveLength(payloadsBefore.length + 1);
  const stop = new AbortController();
  stop.abort();
  await run({ app: 'acme', org, yes: true }, stop.signal);
  // Its uid is free by now, and the repeat goes on all the same.
  const wiped = await run({ app: 'acme', org, yes: true });
  expect((await run({ app: doomed.id, org })).rows).toBe(0);
  expect(wiped.objects).toBe(1);
  expect(wiped.rows).toBeGreaterThan(15);
  // Duplicate locks and stored responses are keyed by the organization and expire within hours.
  expect((await rows()).filter((row) => !row.includes('#duplicate#'))).toEqual(
    before.filter((row) => !row.includes('#duplicate#')),
  );
  expect(await payloads()).toEqual(payloadsBefore);
});

it('npm run wipe --org goes on where it was stopped, ends tokens for good and deletes payloads that no message names', async () => {
  const { stores, bucket, fill, rows, payloads, run, said } = await makeStage();
  const [org, other] = [freshOrg(), freshOrg()];
  await fill(other);
  await fill(MANAGEMENT_ORGANIZATION, other);
  const [before, payloadsBefore] = [await rows(), await payloads()];
  await fill(org);
  await fill(MANAGEMENT_ORGANIZATION, org);
  await stores.settings.change(org, { requestTimeout: 10 });
  const orphan = `payloads/${org}/msg_x-0`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: orphan, Body: 'x' }));
  const stop = new AbortController();
  stop.abort();
  await run({ org, yes: true }, stop.signal);
  expect(said.at(-1)).toContain('Run the same command again to resume.');
  await run({ org, yes: true });
  const left = (await rows()).filter((row) => !before.includes(row));
  // The marks by which its tokens stay revoked, and no other row.
  expect(
    new Set(
      left.map((row) =>
        row
          .split(' ')
          .slice(0, 3)
          .join(' ')
          .replace(/rev#\d rev/, 'rev#n rev'),
      ),
    ),
  ).toEqual(new Set([`Catalog o#${org} tokens`, `Catalog o#${org}#rev#n rev`]));
  expect(before.filter((row) => !left.includes(row))).toEqual(before);
  expect(await payloads()).toEqual(payloadsBefore);
  const token = { id: 'tok_1', issuedAtMs: NOON - 1, expiresAtMs: null, sessionId: null };
  expect(await stores.tokens.isRevoked({ orgId: org, appId: null, token }, NOON + 1)).toBe(true);
  expect(await stores.settings.overrides(org)).toEqual({});
});

it('npm run wipe refuses an application that does not exist, and a uid of several organizations without --org', async () => {
  const { fill, run } = await makeStage();
  await fill(freshOrg(), 'acme');
  await fill(freshOrg(), 'acme');
  await expect(run({ app: 'unknown' })).rejects.toThrow('There is no application "unknown"');
  await expect(run({ app: 'acme' })).rejects.toThrow('add --org');
});
