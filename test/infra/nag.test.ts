import { App, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { inFolder, synth } from './synth.ts';

it.each(['dev', 'prod'])('the AwsSolutions rules have nothing against %s', (stage) => {
  expect(synth(stage).violations).toEqual([]);
});

it('nor against a stage with the REST API, or without a backup of deliveries', () => {
  const text = JSON.stringify({
    target: 'aws',
    keepState: true,
    api: { http: true, rest: true },
    backUpDeliveries: false,
  });
  expect(synth('audit', { text }).violations).toEqual([]);
});

it('the rules do look: a queue without dead letters fails the synth', () => {
  inFolder((outdir) => {
    const app = new App({ outdir });
    new Queue(new Stack(app, 'bare'), 'Queue');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).toThrow('AwsSolutions-SQS3');
  });
});
