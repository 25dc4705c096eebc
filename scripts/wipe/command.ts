import { setTimeout as wait } from 'node:timers/promises';
import { makeApplicationStore } from '../../functions/catalog/applications/applications.dynamo.ts';
import { makeCatalog } from '../../functions/catalog/commit.dynamo.ts';
import { makeTokenStore } from '../../functions/catalog/tokens/tokens.dynamo.ts';
import { MANAGEMENT_ORGANIZATION } from '../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { UpdateCommand } from '../../functions/platform/dynamodb/commands.ts';
import { ConditionFailed } from '../../functions/platform/dynamodb/errors.ts';
import { REVISION_COPIES, catalogKeys } from '../../functions/platform/dynamodb/keys.ts';
import { randomCopy } from '../../functions/platform/lambda/runtime.ts';
import { recordAudit } from '../dlq/audit.ts';
import type { Terminal } from '../dlq/audit.ts';
import type { Stage } from '../dlq/stage.ts';
import { Problem } from '../local/problem.ts';
import { objectsOf, removeObjects } from './objects.ts';
import type { WipeOptions } from './options.ts';
import { makeProgress } from './progress.ts';
import { describe, findApplications, resolveScope } from './scope.ts';
import type { Scope } from './scope.ts';
import { makeWipeTable } from './table.ts';
import type { Wiped } from './table.ts';

/**
 * The tables in the order in which they are wiped. Messages first, because their rows name the payloads; Catalog last,
 * because a run that was stopped finds the application there.
 */
const TABLES = ['Messages', 'Deliveries', 'Views', 'Control', 'Catalog'] as const;

/** The organization or application, and the application that gets the organization's operational webhooks. */
const partsOf = async (stage: Stage, options: WipeOptions): Promise<readonly Scope[]> => {
  const catalog = stage.get('CatalogTableName');
  const scope = await resolveScope(stage.dynamo, catalog, options);
  if (scope.appId !== null) return [scope];
  const operational = await findApplications(
    stage.dynamo,
    catalog,
    (one) => one.orgId === MANAGEMENT_ORGANIZATION && one.uid === scope.orgId,
  );
  return [scope, ...operational];
};

/** Deletes the applications and revokes the organization's tokens, so that nothing new is accepted while rows are deleted. */
const close = async (stage: Stage, parts: readonly Scope[], nowMs: number): Promise<void> => {
  const catalog = makeCatalog(stage.dynamo, stage.get('CatalogTableName'));
  const applications = makeApplicationStore(catalog);
  for (const { orgId, appId } of parts) {
    if (appId === null) {
      const tokens = makeTokenStore({ catalog, control: stage.get('ControlTableName'), randomCopy });
      const cutoff = { issuedUntil: nowMs, voidFrom: nowMs };
      await tokens.revoke(orgId, { kind: 'issued-before', cutoff }, nowMs);
    }
    const closed =
      appId === null
        ? await findApplications(stage.dynamo, catalog.table, (one) => one.orgId === orgId)
        : [{ orgId, appId }];
    // Those that are deleted already answer not-found.
    for (const one of closed) await applications.remove(one.orgId, one.appId, nowMs);
  }
};

/** Settings without their row must have no revision. Its copies stay, because they hold the marks of revoked tokens. */
const forgetSettings = async (stage: Stage, { orgId, appId }: Scope): Promise<void> => {
  if (appId !== null) return;
  for (let copy = 0; copy < REVISION_COPIES; copy += 1)
    try {
      await stage.dynamo.send(
        new UpdateCommand({
          TableName: stage.get('CatalogTableName'),
          Key: catalogKeys.settingsRevision(orgId, copy),
          UpdateExpression: 'REMOVE revision',
          ConditionExpression: 'attribute_exists(pk)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
};

/** Payloads of an organization that no row names: published while a function crashed, or expunged. */
const wipePrefix = async (stage: Stage, { orgId, appId }: Scope, yes: boolean): Promise<number> => {
  if (appId !== null) return 0;
  let count = 0;
  for await (const keys of objectsOf(stage.s3, stage.get('PayloadsBucketName'), orgId)) {
    if (yes) await removeObjects(stage.s3, stage.get('PayloadsBucketName'), keys);
    count += keys.length;
  }
  return count;
};

const LEFT = `Not deleted:
  deliveries in queues, which are recorded as canceled when they are received, within 15 minutes mostly; such rows expire.
    Run the same command again to delete them;
  dead-lettered messages: npm run dlq -- discard QUEUE --app ID --yes;
  responses under idempotency keys of a single application (12 hours), failure logs (15 days) and function logs, which expire;
  backups: point-in-time recovery forgets after 35 days.`;

/**
 * Deletes everything that the tables and the bucket hold of an organization or an application, or counts it. Stores its
 * position: the same command resumes after a stop or a crash. Returns what was found.
 */
export const wipe = async (stage: Stage, options: WipeOptions, terminal: Terminal): Promise<Wiped> => {
  const { say, now, signal } = terminal;
  const { yes, segments } = options;
  const progress = makeProgress(
    stage.dynamo,
    stage.get('ControlTableName'),
    `${options.org ?? ''}/${options.app ?? ''}`,
  );
  const parts = (await progress.found()) ?? (await partsOf(stage, options));
  const [first] = parts;
  if (first === undefined) throw new Problem('There is nothing to wipe.');
  const tenant = describe(first);
  say(`${yes ? 'Wiping' : 'Counting'} ${tenant} in stage ${stage.name}.`);
  if (yes) {
    await progress.saveFound(parts, now());
    await close(stage, parts, now());
  }
  const wipeTable = makeWipeTable({
    ...{ stage, parts, yes, segments, signal, progress, now },
    pause: (rows) => wait((rows / options.rate) * 1_000),
  });
  let all: Wiped = { rows: 0, objects: 0 };
  for (const table of TABLES) {
    if (yes && table === 'Catalog') for (const part of parts) await forgetSettings(stage, part);
    const found = await wipeTable(table);
    all = { rows: all.rows + found.rows, objects: all.objects + found.objects };
    say(`  ${table.padEnd(10)} ${found.rows} rows, ${found.objects} payloads in S3`);
    if (signal.aborted) {
      say('Stopped. Run the same command again to resume.');
      return all;
    }
  }
  const orphans = await wipePrefix(stage, first, yes);
  // Without --yes the payloads that rows name are still there, and were counted.
  all = { ...all, objects: yes ? all.objects + orphans : Math.max(all.objects, orphans) };
  if (!yes) {
    say(`Found ${all.rows} rows and ${all.objects} payloads. Nothing was deleted: repeat with --yes.`);
    return all;
  }
  await progress.close(TABLES, segments);
  await recordAudit(stage, { action: 'wiped', tenant, ...all }, terminal);
  say(`Deleted ${all.rows} rows and ${all.objects} payloads. The audit log has a line about it.\n${LEFT}`);
  return all;
};
