import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { IngestAccess } from 'posthorn';

/** A function that publishes by PutEvents (put-events.ts), and may do nothing else on the bus. */
export class OrdersStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { ingest, code, ...props }: StackProps & { ingest: IngestAccess; code: Code },
  ) {
    super(scope, id, props);
    const placeOrder = new Function(this, 'PlaceOrder', {
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      environment: { INGEST_BUS: ingest.bus.eventBusArn },
    });
    ingest.grantPutEvents(placeOrder);
  }
}
