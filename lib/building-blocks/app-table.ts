import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { overrideLogicalId } from './logical-id.ts';
import type { Binding } from './binding.ts';

export interface AppTableProps<Name extends string> {
  /** The environment variable under which functions know the table. */
  readonly variable: Name;
  readonly stream?: StreamViewType;
  /** Rows carry their end in `ttl`. */
  readonly expires: boolean;
  /** Point-in-time recovery. */
  readonly backedUp: boolean;
  /** Survives the stack, and cannot be deleted by accident. */
  readonly keep: boolean;
}

/**
 * What a function may be allowed on a table, and no more: no Scan and no DescribeTable. Items of a transaction need the
 * actions of their kinds; PartiQLInsert is how BatchExecuteStatement keeps conditions.
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

/** A table of the house: `pk` and `sk`, on demand, no indexes (an emulator cannot change them later). */
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

  /** The table's name with these rights; without any, for a function whose environment asks for a name that it never uses. */
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
