import { StreamViewType } from '@aws-sdk/client-dynamodb';
import type { Index } from '../../functions/platform/dynamodb/indexes.ts';
import { ATTEMPTS_BY_TIME } from '../../functions/platform/dynamodb/indexes.ts';

export interface StateTable {
  /** The stack output that holds its name. */
  readonly output: string;
  /** The images in its stream; absent: it has none. */
  readonly stream?: StreamViewType;
  readonly backedUp: boolean;
  readonly index?: Index;
}

/**
 * The tables as lib/stacks/state-stack.ts makes them (test/infra/restored-tables.test.ts compares them), by their names in
 * the stage option `tables`.
 */
export const STATE_TABLES = {
  catalog: { output: 'CatalogTableName', stream: StreamViewType.NEW_AND_OLD_IMAGES, backedUp: true },
  messages: { output: 'MessagesTableName', stream: StreamViewType.NEW_IMAGE, backedUp: true },
  deliveries: {
    ...{ output: 'DeliveriesTableName', stream: StreamViewType.NEW_IMAGE, backedUp: true },
    index: ATTEMPTS_BY_TIME,
  },
  views: { output: 'ViewsTableName', backedUp: false },
  control: { output: 'ControlTableName', backedUp: false },
} as const satisfies Readonly<Record<string, StateTable>>;

export type TableName = keyof typeof STATE_TABLES;

export const stateTable = (name: TableName): StateTable => STATE_TABLES[name];

export const isTableName = (text: string): text is TableName => text in STATE_TABLES;
