import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ITable, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Index } from '../../functions/platform/dynamodb/indexes.ts';
import { overrideLogicalId } from './logical-id.ts';
import type { Binding } from './binding.ts';

interface RestoredTable {
  readonly name: string;
  readonly streamArn?: string;
  readonly lost: boolean;
}

/** What functions and alarms need of a table, whether the stack made it or `npm run restore`. */
interface UsedTable extends Pick<ITable, 'tableName' | 'tableArn' | 'grantStreamRead'> {
  readonly tableStreamArn?: string | undefined;
}

export interface AppTableProps<Name extends string> {
  /** The environment variable that holds the table's name. */
  readonly variable: Name;
  readonly stream?: StreamViewType;
  /** Point-in-time recovery. */
  readonly backedUp: boolean;
  /** Retains the table when the stack is deleted, and protects it against deletion. */
  readonly keep: boolean;
  /** The table that functions use instead (`npm run restore`). Absent: this one. */
  readonly restored?: RestoredTable | undefined;
  /** A sparse index with all attributes. It cannot be changed later: emulators ignore the change, AWS refuses new keys. */
  readonly index?: Index;
}

/**
 * The only actions that a function can be granted on a table; no function needs Scan or DescribeTable. Each item of a
 * transaction needs the action of its kind. PartiQLInsert is for batches of conditional inserts (BatchExecuteStatement).
 */
export type TableAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PartiQLInsert'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

/** A table with the keys `pk` and `sk`, on-demand capacity and at most one index. */
export class AppTable<Name extends string> extends Construct {
  /** The table that functions use. */
  readonly table: UsedTable;
  private readonly variable: Name;
  private readonly index: Index | undefined;

  constructor(scope: Construct, id: string, props: AppTableProps<Name>) {
    super(scope, id);
    const { restored } = props;
    this.table = restored === undefined ? this.own(id, props) : this.restored(id, props, restored);
    this.variable = props.variable;
    this.index = props.index;
  }

  /** The table of the stack. */
  private own(id: string, props: AppTableProps<Name>): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.backedUp },
      deletionProtection: props.keep,
      removalPolicy: props.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(props.stream === undefined ? {} : { stream: props.stream }),
      timeToLiveAttribute: 'ttl',
    });
    overrideLogicalId(table, CfnTable, `${id}Table`);
    if (props.index !== undefined) {
      table.addGlobalSecondaryIndex({
        indexName: props.index.name,
        partitionKey: { name: props.index.pk, type: AttributeType.STRING },
        sortKey: { name: props.index.sk, type: AttributeType.STRING },
      });
    }
    return table;
  }

  /**
   * A table that `npm run restore` made. The stack keeps its own table and the exports of it: CloudFormation refuses to drop
   * an export while the deployed service stack still imports it.
   */
  private restored(
    id: string,
    props: AppTableProps<Name>,
    { name, streamArn, lost }: RestoredTable,
  ): UsedTable {
    if (!lost) {
      const { tableName, tableArn, tableStreamArn } = this.own(id, props);
      for (const value of [tableName, tableArn, tableStreamArn])
        if (value !== undefined) Stack.of(this).exportValue(value);
    }
    return Table.fromTableAttributes(this, 'Restored', {
      tableName: name,
      ...(streamArn === undefined ? {} : { tableStreamArn: streamArn }),
    });
  }

  /**
   * Binds the table with these actions. No actions: for a function whose environment schema has the name but never uses
   * it.
   */
  allow(...actions: readonly TableAction[]): Binding<Name> {
    return this.binding(actions, []);
  }

  /** The same, and Query on the index. */
  allowWithIndex(...actions: readonly TableAction[]): Binding<Name> {
    if (this.index === undefined) throw new Error(`${this.node.path} has no index`);
    return this.binding(actions, [`${this.table.tableArn}/index/${this.index.name}`]);
  }

  /** Not `table.grant`, which would allow every action on every index. */
  private binding(actions: readonly TableAction[], indexes: string[]): Binding<Name> {
    return {
      variable: this.variable,
      value: this.table.tableName,
      grant: (grantee) => {
        const all = actions.map((action) => `dynamodb:${action}`);
        if (all.length > 0)
          Grant.addToPrincipal({ grantee, actions: all, resourceArns: [this.table.tableArn] });
        if (indexes.length > 0)
          Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: indexes });
      },
    };
  }
}
