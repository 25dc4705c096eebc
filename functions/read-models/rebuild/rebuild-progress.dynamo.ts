import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { PASSES } from './rebuild.port.ts';
import type { Pass, RebuildJob, RebuildProgress, ViewName } from './rebuild.port.ts';
import type { Segment } from '../../platform/dynamodb/segment-scan.ts';
import { controlKeys } from '../../platform/dynamodb/keys.ts';
import { removeRows } from '../../platform/dynamodb/remove-rows.ts';
import { getRow } from '../../platform/dynamodb/table.ts';
import type { Row } from '../../platform/dynamodb/table.ts';

/** What was begun is gone on with for so long; by then it is as well begun anew (seconds). */
const LIFE = 7 * 86_400;

const jobRow = z.object({ segments: z.number(), startedAt: z.number(), ttl: z.number() });
const segmentRow = z.object({ after: z.string().optional(), done: z.boolean(), ttl: z.number() });

const seconds = (ms: number) => Math.floor(ms / 1000);
const nameOf = (views: readonly ViewName[]) => views.join('+');
/** Under the job's beginning, so that nothing of an earlier one is taken for its own. */
const placeOf = ({ views, startedAt }: RebuildJob, pass: Pass, { number }: Pick<Segment, 'number'>) =>
  controlKeys.rebuild(nameOf(views), `${startedAt}#${pass}#${number}`);

/** Where rebuilds stand, in Control. */
export const makeRebuildProgress = (client: DynamoDBDocumentClient, table: string): RebuildProgress => {
  const put = async (row: Row) => {
    const Item = marshall(row, { removeUndefinedValues: true });
    await client.send(new PutItemCommand({ TableName: table, Item }));
  };
  return {
    async open(views, segments, nowMs) {
      const key = controlKeys.rebuild(nameOf(views), 'job');
      const found = await getRow(client, { table, key });
      const begun = found === undefined ? undefined : jobRow.parse(found);
      if (begun !== undefined && begun.ttl > seconds(nowMs)) {
        return { views, segments: begun.segments, startedAt: begun.startedAt, resumed: true };
      }
      await put({ ...key, segments, startedAt: nowMs, ttl: seconds(nowMs) + LIFE });
      return { views, segments, startedAt: nowMs, resumed: false };
    },

    async load(job, pass, segment) {
      const key = placeOf(job, pass, segment);
      const found = await getRow(client, { table, key });
      if (found === undefined) return { after: undefined, done: false };
      const { after, done } = segmentRow.parse(found);
      return { after, done };
    },

    async save(job, pass, segment, { after, done }, nowMs) {
      const key = placeOf(job, pass, segment);
      await put({ ...key, after, done, ttl: seconds(nowMs) + LIFE });
    },

    /** The job's own row first: what a crash leaves of the rest is nobody's, and TTL takes it. */
    async close(job) {
      await removeRows(client, table, [controlKeys.rebuild(nameOf(job.views), 'job')]);
      const numbers = Array.from({ length: job.segments }, (_, number) => number);
      const keys = PASSES.flatMap((pass) => numbers.map((number) => placeOf(job, pass, { number })));
      await removeRows(client, table, keys);
    },
  };
};
