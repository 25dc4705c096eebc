import pLimit from 'p-limit';
import { catalogKeys, controlKeys } from '../../functions/platform/dynamodb/keys.ts';
import { removeRows } from '../../functions/platform/dynamodb/remove-rows.ts';
import { scanSegment } from '../../functions/platform/dynamodb/segment-scan.ts';
import type { ScanFilter, Segment } from '../../functions/platform/dynamodb/segment-scan.ts';
import type { Row } from '../../functions/platform/dynamodb/table.ts';
import { settleAll } from '../../functions/platform/settle.domain.ts';
import type { Stage } from '../dlq/stage.ts';
import { removeObjects } from './objects.ts';
import { NO_PROGRESS } from './progress.ts';
import type { Progress, ProgressStore } from './progress.ts';
import { baseOf, isOf } from './scope.ts';
import type { Scope } from './scope.ts';

export interface Wiped {
  readonly rows: number;
  readonly objects: number;
}

export interface WipeTableDeps {
  readonly stage: Stage;
  readonly parts: readonly Scope[];
  readonly yes: boolean;
  readonly segments: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressStore;
  readonly now: () => number;
  /** After so many rows were deleted. */
  readonly pause: (rows: number) => Promise<void>;
}

/** Rows of a page, before the filter: DynamoDB ends a page at a megabyte anyway. */
const PAGE = 1_000;

/** Marks of revoked tokens stay: without them tokens that were revoked would be valid again. */
const isKept = (parts: readonly Scope[], { pk, sk }: Row): boolean =>
  parts.some(({ orgId, appId }) => {
    if (appId !== null) return false;
    const marks = catalogKeys.organizationTokens(orgId);
    const copies = catalogKeys.settingsRevision(orgId, 0).pk.slice(0, -1);
    return (pk === marks.pk && sk === marks.sk) || String(pk).startsWith(copies);
  });

/** Keys that a filter of DynamoDB can select; `isOf` decides. */
const filterOf = (parts: readonly Scope[]): ScanFilter => {
  const values: Record<string, string> = { ':due': 'due#', ':hours': 'hours#' };
  const conditions = ['begins_with(pk, :due)', 'begins_with(pk, :hours)'];
  for (const [index, part] of parts.entries()) {
    values[`:base${index}`] = baseOf(part);
    values[`:tasks${index}`] = controlKeys.task(part.orgId, '').pk;
    conditions.push(`begins_with(pk, :base${index})`, `pk = :tasks${index}`);
  }
  return {
    FilterExpression: conditions.join(' OR '),
    // `k` and `gk` name payloads; `rec` and `p` are what a due row holds, or the payload of a message; `a`: of a task.
    ProjectionExpression: 'pk, sk, k, gk, a, rec, p',
    ExpressionAttributeValues: values,
  };
};

/** Payloads of messages without those in the row, which would be read for nothing. */
const withoutPayloads = (filter: ScanFilter) => ({
  ...filter,
  ProjectionExpression: 'pk, sk, k, gk',
});

const objectIn = ({ k, gk }: Row): readonly string[] =>
  [k, gk].filter((key): key is string => typeof key === 'string' && key.startsWith('payloads/'));

/** Wipes one table, or counts in it, in parallel segments. Payloads are deleted before the rows that name them. */
export const makeWipeTable = (deps: WipeTableDeps) => {
  const { stage, parts, yes, segments, signal, progress } = deps;
  const selection = filterOf(parts);

  const page = async (
    name: string,
    segment: Segment,
    { after, rows, objects }: Progress,
  ): Promise<Progress> => {
    const filter = name === 'Control' || name === 'Views' ? selection : withoutPayloads(selection);
    const table = stage.get(`${name}TableName`);
    const { items, next } = await scanSegment(stage.dynamo, table, segment, { after, limit: PAGE, filter });
    const found = items.filter((row) => parts.some((part) => isOf(part, row)) && !isKept(parts, row));
    const keys = name === 'Messages' ? found.flatMap(objectIn) : [];
    if (yes) {
      await removeObjects(stage.s3, stage.get('PayloadsBucketName'), keys);
      await removeRows(
        stage.dynamo,
        table,
        found.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })),
      );
      await deps.pause(found.length);
    }
    return {
      ...(next === undefined ? {} : { after: next }),
      done: next === undefined,
      rows: rows + found.length,
      objects: objects + keys.length,
    };
  };

  const wipeSegment = async (name: string, segment: Segment): Promise<Progress> => {
    let current = yes ? await progress.load(name, segment) : NO_PROGRESS;
    while (!current.done && !signal.aborted) {
      current = await page(name, segment, current);
      if (yes) await progress.save(name, segment, current, deps.now());
    }
    return current;
  };

  return async (name: string): Promise<Wiped> => {
    const limit = pLimit(segments);
    const done = await settleAll(
      Array.from({ length: segments }, (_, number) =>
        limit(() => wipeSegment(name, { number, of: segments })),
      ),
    );
    return {
      rows: done.reduce((sum, { rows }) => sum + rows, 0),
      objects: done.reduce((sum, { objects }) => sum + objects, 0),
    };
  };
};
