import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  CfnApplication,
  CfnDeploymentGroup,
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import { CfnRole, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { overrideLogicalId, pascalCase } from '../building-blocks/logical-id.ts';
import type { StageConfig } from '../config.ts';
import { LIVE } from '../building-blocks/service-function.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import { functionsOf } from '../monitoring/function-alarms.ts';

export interface GradualDeploymentProps {
  readonly config: StageConfig;
  readonly steps: NonNullable<StageConfig['gradualDeployment']>;
}

/**
 * An alarm that is raised within the five minutes of the first step: CodeDeploy looks at it until the traffic has moved, and
 * not later. The alarm on errors of the function takes a quarter of an hour.
 */
const PERIOD = Duration.minutes(1);
const ERRORS = 3;

/** A tenth of the invocations for five minutes, then all; or a tenth more each minute. */
const CONFIGURATIONS = {
  canary: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  linear: LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
};

/**
 * Moves the aliases of a stack's functions to new versions in steps, with CodeDeploy, which is free for Lambda. A deployment
 * of the stack waits for it, and goes back to the previous versions when the new ones fail meanwhile. Create it
 * after whatever invokes functions.
 */
export class GradualDeployment extends Construct {
  constructor(scope: Construct, id: string, { config, steps }: GradualDeploymentProps) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    overrideLogicalId(application, CfnApplication, 'DeployApplication');
    const role = this.role();
    for (const [name, { lambda, alias }] of Object.entries(functionsOf(Stack.of(this)))) {
      if (alias === undefined) continue;
      const group = new LambdaDeploymentGroup(this, pascalCase(name), {
        ...{ application, alias, role },
        deploymentConfig: CONFIGURATIONS[steps],
        alarms: [this.alarm(name, config, lambda)],
      });
      overrideLogicalId(group, CfnDeploymentGroup, `${pascalCase(name)}DeploymentGroup`);
    }
  }

  /** On errors of the version that is being deployed: those of the version before it do not stop its repair. */
  private alarm(name: string, config: StageConfig, { functionName, currentVersion }: Function): Alarm {
    const { alarm } = new ServiceAlarm(this, `${pascalCase(name)}NewVersionErrors`, {
      config,
      onCall: {
        impact: `The new version of ${name} fails. CodeDeploy moves its traffic back, and the deployment of the stack is rolled back.`,
        runbook: 'functions',
        replay: 'none needed while the dead-letter queues are empty.',
      },
      what: 'failed invocations of the new version in a minute, while traffic moves to it',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensionsMap: {
          FunctionName: functionName,
          Resource: `${functionName}:${LIVE}`,
          ExecutedVersion: currentVersion.version,
        },
        statistic: 'Sum',
        period: PERIOD,
      }),
      threshold: ERRORS,
    });
    return alarm;
  }

  private role(): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSCodeDeployRoleForLambdaLimited'),
      ],
    });
    overrideLogicalId(role, CfnRole, 'DeployRole');
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason: 'The role with which CodeDeploy moves aliases; AWS defines its policy.',
    });
    return role;
  }
}
