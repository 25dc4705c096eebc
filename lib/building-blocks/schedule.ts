import type { Duration } from 'aws-cdk-lib';
import { CfnRule, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { overrideLogicalId, overrideLogicalIdBelow } from './logical-id.ts';
import type { ServiceFunction } from './service-function.ts';

/** Invokes a function again and again. By a rule instead of EventBridge Scheduler, whose schedules do nothing on LocalStack. */
export const invokeEach = <Env>(
  scope: Construct,
  id: string,
  { node, lambda }: ServiceFunction<Env>,
  period: Duration,
): void => {
  const rule = new Rule(scope, id, {
    schedule: Schedule.rate(period),
    targets: [new LambdaFunction(lambda)],
  });
  overrideLogicalId(rule, CfnRule, `${node.id}${id}`);
  overrideLogicalIdBelow(rule, CfnPermission, `${node.id}${id}Permission`);
};
