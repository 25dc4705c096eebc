import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RebuildDeps } from '../flows/rebuild.ts';
import { noSteps } from '../flows/steps.ts';
import { makeNoteHours } from '../store/endpoint-hours.ts';
import { makeInsertNew } from '../store/insert-new.ts';
import { makeRebuildLog } from '../store/rebuild-log.ts';
import { makeRebuildProgress } from '../store/rebuild-progress.ts';
import { makeRebuildViews } from '../store/rebuild-views.ts';
import { makeViews } from '../store/views.ts';

export interface RebuildTables {
  readonly deliveries: string;
  readonly views: string;
  readonly control: string;
}

/** The rebuild of read models on a stage's tables, written through the projection's own adapters. */
export const wireRebuild = (
  client: DynamoDBClient,
  tables: RebuildTables,
): Omit<RebuildDeps, 'onPage' | 'stopped'> => ({
  log: makeRebuildLog(client, tables.deliveries),
  views: makeRebuildViews(
    client,
    tables.views,
    makeViews(client, tables.views, makeInsertNew(client, tables.views)),
  ),
  progress: makeRebuildProgress(client, tables.control),
  noteHours: makeNoteHours(client, tables.views),
  now: () => Date.now(),
  step: noSteps,
});
