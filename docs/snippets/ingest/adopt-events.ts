import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Posthorn } from 'posthorn';

/**
 * Publishes events of another source, here of the account's default bus, to the application that they name. The rule is in the
 * stack of the queue, since rule and queue policy refer to each other.
 */
export const adoptShopEvents = (posthorn: Posthorn): Rule =>
  new Rule(posthorn.serviceStack, 'AdoptShopEvents', {
    eventPattern: { source: ['shop.orders'] },
    targets: [
      new SqsQueue(posthorn.ingest.queue, {
        message: RuleTargetInput.fromObject({
          application: EventField.fromPath('$.detail.customer'),
          // `Order Shipped` becomes the event type order.shipped.
          normalizeDetailType: true,
          event: {
            id: EventField.eventId,
            source: EventField.source,
            'detail-type': EventField.detailType,
            detail: EventField.fromPath('$.detail'),
          },
        }),
      }),
    ],
  });
