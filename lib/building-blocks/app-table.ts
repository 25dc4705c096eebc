import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
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

/** A table with the keys `pk` and `sk`, on-demand capacity and no indexes (emulators cannot change indexes later). */
export class AppTable<Name extends string> extends Construct {
  readonly table: Table;
  private readonly variable: Name;

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
  }

  /**
   * Binds the table with these actions. No actions: for a function whose environment schema has the name but never uses
   * it.
   */
  allow(...actions: readonly TableAction[]): Binding<Name> {
    return {
      variable: this.variable,
      value: this.table.tableName,
      grant: (grantee) => {
        if (actions.length > 0) this.table.grant(grantee, ...actions.map((action) => `dynamodb:${action}`));
      },
    };
  }
}
