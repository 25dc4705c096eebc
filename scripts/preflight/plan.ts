import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { z } from 'zod';
import { buildApp } from '../../lib/app.ts';
import type { StageConfig } from '../../lib/config.ts';
import type { Named } from './account.port.ts';

/** What a deployment of the stage creates, as far as preflight compares it with the account. */
export interface Plan {
  readonly config: StageConfig;
  readonly account: string;
  readonly region: string;
  /** The least version of the CDK bootstrap stack. */
  readonly bootstrapVersion: number;
  readonly stacks: readonly string[];
  /** Resources with a name that the stage chooses. */
  readonly named: readonly Named[];
  /** Runtime and architecture of each kind of function. */
  readonly runtimes: readonly { readonly runtime: string; readonly architecture: string }[];
  /** Maximum concurrency of the event sources of queues, together. */
  readonly queueConcurrency: number;
  readonly reservedConcurrency: number;
  readonly roles: number;
  /** Whether API Gateway writes an access log, for which it adds a resource policy to CloudWatch Logs. */
  readonly accessLogs: boolean;
}

const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const template = z.object({ Resources: z.record(z.string(), resource) });
type Resource = z.infer<typeof resource>;

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const scaling = z.object({ MaximumConcurrency: z.number() });

const NAMED: Readonly<Record<string, { readonly kind: Named['kind']; readonly property: string }>> = {
  'AWS::Lambda::Function': { kind: 'function', property: 'FunctionName' },
  'AWS::Logs::LogGroup': { kind: 'log group', property: 'LogGroupName' },
  'AWS::CloudWatch::Dashboard': { kind: 'dashboard', property: 'DashboardName' },
  'AWS::Events::EventBus': { kind: 'event bus', property: 'Name' },
};

const namedOf = ({ Type, Properties }: Resource): Named[] => {
  const how = NAMED[Type];
  const name = how === undefined ? undefined : Properties[how.property];
  return how !== undefined && typeof name === 'string' ? [{ kind: how.kind, name }] : [];
};

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const runtimesOf = (resources: readonly Resource[]): Plan['runtimes'] => {
  const found = resources
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties: { Runtime, Architectures } }) => ({
      runtime: String(Runtime),
      architecture: Array.isArray(Architectures) ? String(Architectures[0]) : 'x86_64',
    }));
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
};

/** Synthesizes the stacks without bundling code. */
const synthesize = (config: StageConfig) => {
  const outdir = mkdtempSync(join(tmpdir(), 'posthorn-preflight-'));
  try {
    const file = readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8');
    const { context } = cdkJson.parse(JSON.parse(file));
    const app = new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } });
    buildApp(app, config);
    return app.synth().stacks.map((stack) => ({
      name: stack.stackName,
      bootstrapVersion: stack.requiresBootstrapStackVersion ?? 0,
      resources: Object.values(template.parse(stack.template).Resources),
    }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

/** The plan of a stage in this account and region. */
export const planOf = (stage: StageConfig, account: string, region: string): Plan => {
  const config = { ...stage, account, region };
  const stacks = synthesize(config);
  const resources = stacks.flatMap((stack) => stack.resources);
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  return {
    ...{ config, account, region },
    bootstrapVersion: Math.max(...stacks.map(({ bootstrapVersion }) => bootstrapVersion)),
    stacks: stacks.map(({ name }) => name),
    named: resources.flatMap(namedOf),
    runtimes: runtimesOf(resources),
    queueConcurrency: sum(
      resources.map(({ Properties }) => {
        const found = scaling.safeParse(Properties['ScalingConfig']);
        return found.success ? found.data.MaximumConcurrency : 0;
      }),
    ),
    reservedConcurrency: sum(
      resources.map(({ Properties }) => numberOf(Properties['ReservedConcurrentExecutions'])),
    ),
    roles: count('AWS::IAM::Role'),
    accessLogs: resources.some(({ Properties }) => Properties['AccessLogSettings'] !== undefined),
  };
};
