import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { App } from 'aws-cdk-lib';
import { buildApp } from '../../lib/app.ts';
import type { StageConfig } from '../../lib/config.ts';
import { loadStage, parseStage } from '../../lib/config.ts';
import type { Templates } from '../support/permissions/deployed.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface Synthesized {
  /** Whole templates by stack name. */
  readonly templates: Templates;
  readonly state: Record<string, Resource>;
  readonly service: Record<string, Resource>;
  readonly outputs: readonly string[];
  /** Findings of cdk-nag: rule and resource. */
  readonly violations: readonly string[];
  /** Warnings of the synth about the stacks. */
  readonly warnings: readonly string[];
}

/** The folder of stage files. */
export const STAGES = new URL('../../stages/', import.meta.url);
const flags = (
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as { context: object }
).context;

/** Runs with a temporary folder. */
export const inFolder = <T>(run: (folder: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-infra-'));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

/** The findings in the validation report of a cloud assembly. */
const violationsIn = (folder: string): string[] => {
  const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8')) as Report;
  return report.pluginReports.flatMap(({ violations }) => violations.map((each) => JSON.stringify(each)));
};

interface StackTemplate {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: NonNullable<Templates[string]['Outputs']>;
}

export const synthConfig = (config: StageConfig): Synthesized =>
  inFolder((outdir) => {
    // No bundling: functions.test.ts tests the bundles.
    const app = new App({ outdir, context: { ...flags, 'aws:cdk:bundling-stacks': [] } });
    const { state, service } = buildApp(app, config);
    const assembly = app.synth();
    const templateOf = ({ artifactId }: Stack) =>
      assembly.getStackArtifact(artifactId).template as StackTemplate;
    const [stateTemplate, serviceTemplate] = [templateOf(state), templateOf(service)];
    return {
      templates: { [state.stackName]: stateTemplate, [service.stackName]: serviceTemplate },
      state: stateTemplate.Resources,
      service: serviceTemplate.Resources,
      outputs: [...Object.keys(stateTemplate.Outputs), ...Object.keys(serviceTemplate.Outputs)],
      violations: violationsIn(outdir),
      warnings: assembly.stacks
        .flatMap(({ messages }) => messages)
        .filter(({ level }: { readonly level: string }) => level === 'warning')
        .map(({ entry }) => JSON.stringify(entry.data)),
    };
  });

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
};

const seen = new Map<string, Synthesized>();

/** A stage, synthesized once per worker, for many test files: frozen, so that none can change it for others. */
export const synthOf = (config: StageConfig): Synthesized => {
  const key = JSON.stringify(config);
  const known = seen.get(key) ?? frozen(synthConfig(config));
  seen.set(key, known);
  return known;
};

/** A stage of stages/; `text` replaces the content of its file. */
export const synth = (
  stage: string,
  { restOnly = false, text }: { restOnly?: boolean; text?: string } = {},
): Synthesized =>
  synthOf(
    text === undefined ? loadStage({ stage, restOnly }, STAGES) : parseStage(stage, text, { restOnly }),
  );

export const all = ({ state, service }: Synthesized): Resource[] => [
  ...Object.values(state),
  ...Object.values(service),
];

export const ofType = (resources: Record<string, Resource>, type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** A text with the names of what deployment fills in: `https://${AWS::Region}...`. */
export const textOf = (value: any): string =>
  typeof value === 'string'
    ? value
    : (value['Fn::Join'][1] as unknown[])
        .map((part) => (typeof part === 'string' ? part : `\${${target(part)}}`))
        .join('');

/** The logical id that a Ref, GetAtt or import points to. */
export const target = (value: any): string =>
  String(value?.Ref ?? value?.['Fn::GetAtt']?.[0] ?? value?.['Fn::ImportValue'] ?? value);
