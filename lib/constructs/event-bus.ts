import { CfnEventBus, EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { overrideLogicalId } from '../building-blocks/logical-id.ts';

/**
 * The event bus: domain events about endpoints, attempts and jobs, for EventBridge rules of the operator. No stage
 * retains it, because it stores nothing, and with its fixed name a retained bus would fail the stage's next deployment.
 */
export class DomainEvents extends Construct {
  readonly bus: EventBus;
  readonly publish: Binding<'EVENT_BUS_NAME'>;

  constructor(scope: Construct, id: string, props: { config: StageConfig }) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: `posthorn-${props.config.name}-events` });
    overrideLogicalId(this.bus, CfnEventBus, 'EventBus');
    this.publish = {
      variable: 'EVENT_BUS_NAME',
      value: this.bus.eventBusName,
      grant: (grantee) => void this.bus.grantPutEventsTo(grantee),
    };
  }
}
