import * as z from 'zod';
import { PASSES } from './rebuild.port.ts';
import type { Pass, RebuildJob, RebuildProgress, ViewName } from './rebuild.port.ts';
import type { Segment } from '../../platform/dynamodb/segment-scan.ts';
import { controlKeys } from '../../platform/dynamodb/keys.ts';
import { removeRows } from '../../platform/dynamodb/remove-rows.ts';
import { readRow } from '../../platform/dynamodb/table.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { DAY_SECONDS, wholeSeconds } from '../../platform/limits/time.domain.ts';
import { PutCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

/** How long an interrupted rebuild can be resumed (seconds); after that it starts from the beginning. */
const RESUMABLE_SECONDS = 7 * DAY_SECONDS;

const jobRow = z.object({ segments: z.number(), startedAt: z.number(), ttl: z.number() });
const segmentRow = z.object({ after: z.string().optional(), done: z.boolean(), ttl: z.number() });

const nameOf = (views: readonly ViewName[]) => views.join('+');
/** The key contains the job's start time, so that it never reads the progress of an earlier job. */
const placeOf = ({ views, startedAt }: RebuildJob, pass: Pass, { number }: Pick<Segment, 'number'>) =>
  controlKeys.rebuild(nameOf(views), `${startedAt}#${pass}#${number}`);

/** Stores the progress of rebuilds in the Control table. */
export const makeRebuildProgress = (client: DynamoClient, table: string): RebuildProgress => {
  const put = async (Item: Row) => {
    await client.send(new PutCommand({ TableName: table, Item }));
  };
  return {
    async open(views, segments, nowMs) {
      const key = controlKeys.rebuild(nameOf(views), 'job');
      const existing = await readRow(client, { table, key }, (row) => jobRow.parse(row));
      if (existing !== undefined && existing.ttl > wholeSeconds(nowMs)) {
        return { views, segments: existing.segments, startedAt: existing.startedAt, resumed: true };
      }
      await put({ ...key, segments, startedAt: nowMs, ttl: wholeSeconds(nowMs) + RESUMABLE_SECONDS });
      return { views, segments, startedAt: nowMs, resumed: false };
    },

    async load(job, pass, segment) {
      const key = placeOf(job, pass, segment);
      const found = await readRow(client, { table, key }, (row) => segmentRow.parse(row));
      return { after: found?.after, done: found?.done ?? false };
    },

    async save(job, pass, segment, { after, done }, nowMs) {
      const key = placeOf(job, pass, segment);
      await put({ ...key, after, done, ttl: wholeSeconds(nowMs) + RESUMABLE_SECONDS });
    },

    /** Deletes the job's row first. Rows that a crash leaves over are never read again and expire by TTL. */
    async close(job) {
      await removeRows(client, table, [controlKeys.rebuild(nameOf(job.views), 'job')]);
      const numbers = Array.from({ length: job.segments }, (_, number) => number);
      const keys = PASSES.flatMap((pass) => numbers.map((number) => placeOf(job, pass, { number })));
      await removeRows(client, table, keys);
    },
  };
};
