import * as z from 'zod';
import { PutCommand } from '../../functions/platform/dynamodb/commands.ts';
import { controlKeys } from '../../functions/platform/dynamodb/keys.ts';
import { removeRows } from '../../functions/platform/dynamodb/remove-rows.ts';
import type { Segment } from '../../functions/platform/dynamodb/segment-scan.ts';
import { getRow } from '../../functions/platform/dynamodb/table.ts';
import { appId, orgId } from '../../functions/platform/ids/brand.domain.ts';
import { DAY_SECONDS } from '../../functions/platform/limits/time.domain.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';
import type { Scope } from './scope.ts';

/** How long a wipe that was stopped can be resumed; after that it starts from the beginning. */
const RESUMABLE_SECONDS = 7 * DAY_SECONDS;

const progressRow = z.object({
  after: z.string().optional(),
  done: z.boolean(),
  rows: z.number(),
  objects: z.number(),
});

/** How far one segment of one table is wiped, and what was deleted in it. */
export type Progress = z.output<typeof progressRow>;

export const NO_PROGRESS: Progress = { done: false, rows: 0, objects: 0 };

const partsRow = z.object({
  parts: z.array(
    z.object({
      orgId: z.string().transform(orgId),
      appId: z.string().transform(appId).nullable(),
    }),
  ),
});

export interface ProgressStore {
  /** What the first run found. Its applications have no uid any more, so that a repeat could not find them by it. */
  found(): Promise<readonly Scope[] | undefined>;
  saveFound(parts: readonly Scope[], nowMs: number): Promise<void>;
  load(table: string, segment: Segment): Promise<Progress>;
  save(table: string, segment: Segment, progress: Progress, nowMs: number): Promise<void>;
  close(tables: readonly string[], segments: number): Promise<void>;
}

/** Stores the progress in the Control table, outside of the tenant's own keys; `request`: what the command was given. */
export const makeProgress = (client: DynamoClient, control: string, request: string): ProgressStore => {
  // The number of segments is a part of the key: a position is one of its own division alone.
  const keyOf = (table: string, { number, of }: Segment) =>
    controlKeys.wipe(request, `${table}#${of}#${number}`);
  const foundKey = controlKeys.wipe(request, 'found');
  const expiry = (nowMs: number) => Math.floor(nowMs / 1_000) + RESUMABLE_SECONDS;
  return {
    found: async () => {
      const row = await getRow(client, { table: control, key: foundKey });
      return row === undefined ? undefined : partsRow.parse(row).parts;
    },
    saveFound: async (parts, nowMs) => {
      const Item = { ...foundKey, v: 1, type: 'wipe', parts, ttl: expiry(nowMs) };
      await client.send(new PutCommand({ TableName: control, Item }));
    },
    load: async (table, segment) => {
      const found = await getRow(client, { table: control, key: keyOf(table, segment) });
      return found === undefined ? NO_PROGRESS : progressRow.parse(found);
    },
    save: async (table, segment, progress, nowMs) => {
      await client.send(
        new PutCommand({
          TableName: control,
          Item: { ...keyOf(table, segment), v: 1, type: 'wipe', ...progress, ttl: expiry(nowMs) },
        }),
      );
    },
    close: async (tables, of) => {
      const numbers = Array.from({ length: of }, (_, number) => number);
      await removeRows(client, control, [
        foundKey,
        ...tables.flatMap((table) => numbers.map((number) => keyOf(table, { number, of }))),
      ]);
    },
  };
};
