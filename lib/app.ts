import type { App } from 'aws-cdk-lib';
import { Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { StageConfig } from './config.ts';
import { ServiceStack } from './stacks/service-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

export interface Posthorn {
  readonly app: App;
  readonly state: StateStack;
  readonly service: ServiceStack;
}

/**
 * Builds the stacks of one stage: the state and the service that uses it. Every synth checks AWS stages with cdk-nag.
 */
export const buildApp = (app: App, config: StageConfig): Posthorn => {
  const { account, region } = config;
  const env = {
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
  };
  const common = { config, env, terminationProtection: config.keepState };
  const state = new StateStack(app, `posthorn-${config.name}-state`, {
    ...common,
    description: `Posthorn ${config.name}: tables, payloads, secrets, event bus`,
  });
  const service = new ServiceStack(app, `posthorn-${config.name}-service`, {
    config,
    env,
    state,
    description: `Posthorn ${config.name}: API, fan-out, delivery, read models`,
  });
  Tags.of(app).add('posthorn-stage', config.name);
  if (config.target === 'aws') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, state, service };
};
