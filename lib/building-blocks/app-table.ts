import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Index } from '../../functions/platform/dynamodb/indexes.ts';
import { overrideLogicalId } from './logical-id.ts';
import type { Binding } from './binding.ts';

export interface AppTableProps<Name extends string> {
  /** The environment variable that holds the table's name. */
  readonly variable: Name;
  readonly stream?: StreamViewType;
  /** Whether DynamoDB deletes rows after the instant in their attribute `ttl`. */
  readonly expires: boolean;
  /** Point-in-time recovery. */
  readonly backedUp: boolean;
  /** Retains the table when the stack is deleted, and protects it against deletion. */
  readonly keep: boolean;
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
  readonly table: Table;
  private readonly variable: Name;
  private readonly index: Index | undefined;

  constructor(scope: Construct, id: string, props: AppTableProps<Name>) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.backedUp },
      deletionProtection: props.keep,
      removalPolicy: props.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(props.stream === undefined ? {} : { stream: props.stream }),
      ...(props.expires ? { timeToLiveAttribute: 'ttl' } : {}),
    });
    overrideLogicalId(this.table, CfnTable, `${id}Table`);
    this.variable = props.variable;
    this.index = props.index;
    if (props.index !== undefined) {
      this.table.addGlobalSecondaryIndex({
        indexName: props.index.name,
        partitionKey: { name: props.index.pk, type: AttributeType.STRING },
        sortKey: { name: props.index.sk, type: AttributeType.STRING },
      });
    }
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
