import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { DomainEvents } from '../constructs/event-bus.ts';
import { Egress } from '../constructs/egress.ts';
import { StateKey } from '../constructs/state-key.ts';
import { Payloads } from '../constructs/payloads.ts';
import { AppSecret } from '../building-blocks/app-secret.ts';
import { ATTEMPTS_BY_TIME } from '../../functions/platform/dynamodb/indexes.ts';
import { AppTable } from '../building-blocks/app-table.ts';

/**
 * The resources that outlive every deployment: tables, payloads, secrets and the event bus. A test freezes their logical
 * ids, since CloudFormation replaces a resource whose logical id changes.
 */
export class StateStack extends Stack {
  readonly catalog: AppTable<'CATALOG_TABLE'>;
  readonly messages: AppTable<'MESSAGES_TABLE'>;
  readonly deliveries: AppTable<'DELIVERIES_TABLE'>;
  readonly views: AppTable<'VIEWS_TABLE'>;
  readonly control: AppTable<'CONTROL_TABLE'>;
  readonly payloads: Payloads;
  readonly jwtSecret: AppSecret<'JWT_SECRET_ARN'>;
  readonly mainSecret: AppSecret<'MAIN_SECRET_ARN'>;
  readonly eventBus: DomainEvents;
  /** The customer-managed key of the stage, if it has one. */
  readonly key: StateKey | undefined;
  /** The network of functions that send to endpoints, if their addresses are static. */
  readonly egress: Egress | undefined;

  constructor(scope: Construct, id: string, props: StackProps & { config: StageConfig }) {
    super(scope, id, props);
    const { config } = props;
    const keep = config.keepState;
    this.catalog = new AppTable(this, 'Catalog', {
      variable: 'CATALOG_TABLE',
      restored: config.tables.catalog,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      backedUp: true,
      keep,
    });
    this.messages = new AppTable(this, 'Messages', {
      variable: 'MESSAGES_TABLE',
      restored: config.tables.messages,
      stream: StreamViewType.NEW_IMAGE,
      backedUp: true,
      keep,
    });
    this.deliveries = new AppTable(this, 'Deliveries', {
      variable: 'DELIVERIES_TABLE',
      restored: config.tables.deliveries,
      stream: StreamViewType.NEW_IMAGE,
      backedUp: config.backUpDeliveries,
      keep,
      index: ATTEMPTS_BY_TIME,
    });
    this.views = new AppTable(this, 'Views', {
      variable: 'VIEWS_TABLE',
      restored: config.tables.views,
      backedUp: false,
      keep,
    });
    this.control = new AppTable(this, 'Control', {
      variable: 'CONTROL_TABLE',
      restored: config.tables.control,
      backedUp: false,
      keep,
    });
    this.payloads = new Payloads(this, 'Payloads');
    this.jwtSecret = new AppSecret(this, 'Jwt', {
      variable: 'JWT_SECRET_ARN',
      description: 'Signs and verifies API tokens (HS256)',
      keep,
    });
    this.mainSecret = new AppSecret(this, 'Main', {
      variable: 'MAIN_SECRET_ARN',
      description: 'Encrypts endpoint secrets and list cursors',
      keep,
    });
    this.eventBus = new DomainEvents(this, 'DomainEvents', { config });
    this.key = config.customerManagedKey ? new StateKey(this, 'StateKey', config) : undefined;
    this.key?.encryptState(this);
    this.egress =
      config.egress === undefined
        ? undefined
        : new Egress(this, 'Egress', { config, options: config.egress });
    this.outputs(config);
    this.acknowledge(config);
  }

  private outputs({ settings }: StageConfig): void {
    const tables = {
      CatalogTableName: this.catalog,
      MessagesTableName: this.messages,
      DeliveriesTableName: this.deliveries,
      ViewsTableName: this.views,
      ControlTableName: this.control,
    };
    for (const [name, { table }] of Object.entries(tables))
      new CfnOutput(this, name, { value: table.tableName });
    new CfnOutput(this, 'PayloadsBucketName', { value: this.payloads.bucket.bucketName });
    // For the rebuild, which writes rows as the functions do.
    new CfnOutput(this, 'RowRetentionDays', { value: String(settings.rowRetentionDays) });
  }

  private acknowledge(config: StageConfig): void {
    const unbacked = {
      id: 'AwsSolutions-DDB3',
      reason: 'Rebuilt from other tables, or useful for hours only: no backup would ever be restored.',
    };
    Validations.of(this.views).acknowledge(unbacked);
    Validations.of(this.control).acknowledge(unbacked);
    if (!config.backUpDeliveries) {
      Validations.of(this.deliveries).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason:
          'The stage disabled it (backUpDeliveries): its owner accepts the possible loss of attempt history.',
      });
    }
  }
}
