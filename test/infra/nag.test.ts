import { App, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { inFolder, synth } from './synth.ts';

it.each(['dev', 'prod'])('cdk-nag AwsSolutions finds nothing in the stage %s', (stage) => {
  expect(synth(stage).violations).toEqual([]);
});

it('cdk-nag AwsSolutions finds nothing in a stage with both APIs and without backups of deliveries', () => {
  const text = JSON.stringify({
    target: 'aws',
    keepState: true,
    api: { http: true, rest: true },
    backUpDeliveries: false,
  });
  expect(synth('audit', { text }).violations).toEqual([]);
});

it('cdk-nag AwsSolutions fails the synth of a queue without a dead-letter queue', () => {
  inFolder((outdir) => {
    const app = new App({ outdir });
    new Queue(new Stack(app, 'bare'), 'Queue');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).toThrow('AwsSolutions-SQS3');
  });
});
