import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnEventBus, EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { overrideLogicalId } from '../building-blocks/logical-id.ts';

/** The event bus: facts about endpoints, attempts and jobs. Operational webhooks and people's own rules hang off it. */
export class Facts extends Construct {
  readonly bus: EventBus;
  readonly publish: Binding<'EVENT_BUS_NAME'>;

  constructor(scope: Construct, id: string, props: { config: StageConfig }) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: `posthorn-${props.config.name}-events` });
    overrideLogicalId(this.bus, CfnEventBus, 'EventBus');
    if (props.config.keepState) this.bus.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.publish = {
      variable: 'EVENT_BUS_NAME',
      value: this.bus.eventBusName,
      grant: (grantee) => void this.bus.grantPutEventsTo(grantee),
    };
  }
}
