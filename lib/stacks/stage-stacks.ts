import { Tags } from 'aws-cdk-lib';
import type { Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ServiceStack } from './service-stack.ts';
import { StateStack } from './state-stack.ts';

/** The two stacks of one stage. */
export interface StageStacks {
  readonly state: StateStack;
  readonly service: ServiceStack;
}

/**
 * Adds the stacks of one stage to an app, a stage of a pipeline or another construct. Their names come from the stage's name
 * alone, since the commands of operators find them by it. Account and region of the stage come before `env`.
 */
export const addStageStacks = (scope: Construct, config: StageConfig, env: Environment = {}): StageStacks => {
  const account = config.account ?? env.account;
  const region = config.region ?? env.region;
  const where = {
    env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
  };
  const [stateName, serviceName] = [`posthorn-${config.name}-state`, `posthorn-${config.name}-service`];
  const state = new StateStack(scope, stateName, {
    ...{ config, ...where, stackName: stateName },
    terminationProtection: config.keepState,
    description: `Posthorn ${config.name}: tables, payloads, secrets, event bus`,
  });
  const service = new ServiceStack(scope, serviceName, {
    ...{ config, ...where, stackName: serviceName },
    state,
    description: `Posthorn ${config.name}: API, fan-out, delivery, read models`,
  });
  for (const stack of [state, service]) Tags.of(stack).add('posthorn-stage', config.name);
  return { state, service };
};
