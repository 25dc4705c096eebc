import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  announceEnv,
  apiEnv,
  checkEventSourcesEnv,
  deliverEnv,
  fanOutEnv,
  ingestEnv,
  portalEnv,
  portalUploadEnv,
  projectEnv,
  runTaskEnv,
  sweepEnv,
  updateHourlyStatisticsEnv,
} from '../../functions/platform/lambda/env.ts';
import { bundleEntry } from '../../lib/building-blocks/function-code.ts';
import { inFolder, ofType, synth } from './synth.ts';

const schemas = {
  PublishFunction: apiEnv,
  QueryFunction: apiEnv,
  AdminFunction: apiEnv,
  TestAttemptFunction: apiEnv,
  IngestFunction: ingestEnv,
  FanOutFunction: fanOutEnv,
  FanOutWideFunction: fanOutEnv,
  DeliverFunction: deliverEnv,
  DeliverBulkFunction: deliverEnv,
  DeliverSlowFunction: deliverEnv,
  ProjectFunction: projectEnv,
  AnnounceFunction: announceEnv,
  SweepFunction: sweepEnv,
  UpdateHourlyStatisticsFunction: updateHourlyStatisticsEnv,
  RunTaskFunction: runTaskEnv,
} as const;

/** CloudFront's bucket or a function has the page of the portal (docs/decisions/0095); emulators have no alarms to raise. */
const schemasOf = (stage: string): Readonly<Record<string, { parse: (value: unknown) => unknown }>> =>
  stage === 'local'
    ? { ...schemas, PortalFunction: portalEnv }
    : { ...schemas, PortalUploadFunction: portalUploadEnv, CheckEventSourcesFunction: checkEventSourcesEnv };

/** Environment variables with tokens of the synth replaced, as a deployment does; a URL passes as a name too. */
const deployed = (variables: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'https://token',
    ]),
  );

describe.each(['dev', 'prod', 'local'])('the functions of %s', (stage) => {
  const functions = Object.fromEntries(ofType(synth(stage).service, 'AWS::Lambda::Function'));

  it('are one for each kind of work', () => {
    expect(Object.keys(functions).sort()).toEqual(Object.keys(schemasOf(stage)).sort());
  });

  it.each(Object.entries(schemasOf(stage)))(
    'include %s, whose schema accepts its environment',
    (id, schema) => {
      const variables = functions[id]!.Properties.Environment.Variables as Record<string, unknown>;
      expect(schema.parse(deployed(variables))).toMatchObject({ STAGE: stage });
    },
  );

  it('run on Node 24 and arm64 with a log retention', () => {
    const { service } = synth(stage);
    for (const { Properties } of Object.values(functions)) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      const log = service[Properties.LoggingConfig.LogGroup.Ref]!.Properties;
      expect(log.LogGroupName).toBe(`/aws/lambda/${Properties.FunctionName}`);
      expect(log.RetentionInDays).toBeGreaterThan(0);
    }
  });
});

it('no function of an AWS stage has FAULTS_URL', () => {
  expect(JSON.stringify(synth('prod').service)).not.toContain('FAULTS_URL');
});

it('the delivery functions resolve host names on 64 threads, so that slow DNS does not delay other deliveries', () => {
  const { DeliverFunction, DeliverBulkFunction, DeliverSlowFunction } = synth('prod').service;
  for (const worker of [DeliverFunction, DeliverBulkFunction, DeliverSlowFunction])
    expect(worker?.Properties.Environment.Variables.UV_THREADPOOL_SIZE).toBe('64');
});

/** The largest bundle for a fast cold start, in KB: what is loaded before the first request (docs/decisions/0016). */
const BUDGET = 600;
/** CloudFormation alone waits for this one, once a deployment. */
const OVER: Readonly<Record<string, number>> = { 'portal-upload': 620 };
const LOAD = 'process.stdout.write(typeof require("./index.js").handler)';

describe.each([
  'publish',
  'query',
  'admin',
  'test-attempt',
  'ingest',
  'fan-out',
  'fan-out-wide',
  'deliver',
  'deliver-bulk',
  'deliver-slow',
  'project',
  'announce',
  'sweep',
  'update-hourly-statistics',
  'run-task',
  'check-event-sources',
  'portal',
  'portal-upload',
])('the bundle of %s', (entry) => {
  it('is within its size limit and loads without environment variables and other files', () => {
    inFolder((folder) => {
      bundleEntry(entry, folder, 'none');
      expect(statSync(join(folder, 'index.js')).size / 1024).toBeLessThanOrEqual(OVER[entry] ?? BUDGET);
      expect(execFileSync(process.execPath, ['-e', LOAD], { cwd: folder, env: {}, encoding: 'utf8' })).toBe(
        'function',
      );
    });
  });
});
