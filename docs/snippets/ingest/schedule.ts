import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { IngestAccess } from 'posthorn';

/** Publishes a message on a schedule. */
export class ReportScheduleStack extends Stack {
  constructor(scope: Construct, id: string, { ingest, ...props }: StackProps & { ingest: IngestAccess }) {
    super(scope, id, props);
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    const permissions = ingest.grantSendMessage(role);
    const schedule = new CfnSchedule(this, 'EachMorning', {
      scheduleExpression: 'cron(0 6 * * ? *)',
      scheduleExpressionTimezone: 'Europe/Berlin',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: ingest.queue.queueArn,
        roleArn: role.roleArn,
        input: JSON.stringify({
          application: 'acme',
          eventType: 'report.due',
          // The same when Scheduler sends again.
          eventId: 'report-<aws.scheduler.execution-id>',
          payload: { scheduled: '<aws.scheduler.scheduled-time>' },
        }),
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    });
    permissions.applyBefore(schedule);
  }
}
