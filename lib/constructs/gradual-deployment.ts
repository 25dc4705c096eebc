import { Stack, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  CfnApplication,
  CfnDeploymentGroup,
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import { CfnRole, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { overrideLogicalId, pascalCase } from '../building-blocks/logical-id.ts';
import type { StageConfig } from '../config.ts';
import { functionsOf } from '../monitoring/function-alarms.ts';

export interface GradualDeploymentProps {
  readonly config: StageConfig;
  readonly steps: NonNullable<StageConfig['gradualDeployment']>;
  /** The alarm on errors of each function. */
  readonly errors: ReadonlyMap<string, Alarm>;
}

/** A tenth of the invocations for five minutes, then all; or a tenth more each minute. */
const CONFIGURATIONS = {
  canary: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  linear: LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
};

/**
 * Moves the aliases of a stack's functions to new versions in steps, with CodeDeploy, which is free for Lambda. A deployment
 * of the stack waits for it, and goes back to the previous versions when an alarm on errors is raised meanwhile. Create it
 * after whatever invokes functions.
 */
export class GradualDeployment extends Construct {
  constructor(scope: Construct, id: string, { steps, errors }: GradualDeploymentProps) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    overrideLogicalId(application, CfnApplication, 'DeployApplication');
    const role = this.role();
    for (const [name, { alias }] of Object.entries(functionsOf(Stack.of(this)))) {
      if (alias === undefined) continue;
      const alarm = errors.get(name);
      const group = new LambdaDeploymentGroup(this, pascalCase(name), {
        ...{ application, alias, role },
        deploymentConfig: CONFIGURATIONS[steps],
        alarms: alarm === undefined ? [] : [alarm],
      });
      overrideLogicalId(group, CfnDeploymentGroup, `${pascalCase(name)}DeploymentGroup`);
    }
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
