import type { App } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { StageConfig } from './config.ts';
import { addStageStacks } from './stacks/stage-stacks.ts';
import type { StageStacks } from './stacks/stage-stacks.ts';

/**
 * Builds the stacks of one stage: the state and the service that uses it. Every synth checks AWS stages with cdk-nag.
 */
export const buildApp = (app: App, config: StageConfig): StageStacks => {
  const stacks = addStageStacks(app, config);
  if (config.target === 'aws') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return stacks;
};
