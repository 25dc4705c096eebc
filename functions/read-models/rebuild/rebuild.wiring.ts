import type { RebuildDeps } from './rebuild.flow.ts';
import { noSteps } from '../../platform/steps/steps.ts';
import { makeMarkDirtyHours } from '../hourly-statistics/endpoint-hours.dynamo.ts';
import { makeInsertNew } from '../../platform/dynamodb/insert-new.ts';
import { makeRebuildLog } from './rebuild-log.dynamo.ts';
import { makeRebuildProgress } from './rebuild-progress.dynamo.ts';
import { makeRebuildViews } from './rebuild-views.dynamo.ts';
import { makeViews } from '../views.dynamo.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

export interface RebuildTables {
  readonly deliveries: string;
  readonly views: string;
  readonly control: string;
  /** The row retention of the stage; absent: the default. */
  readonly rowRetentionDays?: number;
}

/** Wires a rebuild of read models on a stage's tables; it writes through the projection's adapters. */
export const wireRebuild = (
  client: DynamoClient,
  tables: RebuildTables,
): Omit<RebuildDeps, 'onPage' | 'stopped'> => ({
  log: makeRebuildLog(client, tables.deliveries),
  views: makeRebuildViews(
    client,
    tables.views,
    makeViews(client, tables.views, makeInsertNew(client, tables.views), tables.rowRetentionDays),
    tables.rowRetentionDays,
  ),
  progress: makeRebuildProgress(client, tables.control),
  markDirtyHours: makeMarkDirtyHours(client, tables.views),
  now: () => Date.now(),
  step: noSteps,
});
