import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
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

// No Scan and no DescribeTable: functions read by key, and whoever needs more runs a script with rights of their own.
// ConditionCheckItem reads within a transaction; PartiQL is how BatchExecuteStatement keeps conditions.
const READ = ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem', 'PartiQLSelect'];
const WRITE = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PartiQLDelete',
];

const dynamodb = (actions: readonly string[]) => actions.map((action) => `dynamodb:${action}`);

/** A table of the house: `pk` and `sk`, on demand, no indexes (an emulator cannot change them later). */
export class AppTable<Name extends string> extends Construct {
  readonly table: Table;
  readonly read: Binding<Name>;
  readonly readWrite: Binding<Name>;
  /** New rows, and nothing else. */
  readonly put: Binding<Name>;
  /** Rows by their keys, and nothing that they hold. */
  readonly update: Binding<Name>;

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
    const bind = (actions: readonly string[]): Binding<Name> => ({
      variable: props.variable,
      value: this.table.tableName,
      grant: (grantee: IGrantable) => this.table.grant(grantee, ...dynamodb(actions)),
    });
    this.read = bind(READ);
    this.readWrite = bind([...READ, ...WRITE]);
    this.put = bind(['PutItem']);
    this.update = bind(['UpdateItem']);
  }
}
