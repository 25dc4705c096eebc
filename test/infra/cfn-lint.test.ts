import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pythonWith } from '../python/environment.ts';
import type { PythonEnvironment } from '../python/environment.ts';
import { STAGE_OPTION_NAMES } from '../../lib/config.ts';
import { SHAPES, SHAPE_CONFIGS } from './shapes.ts';

const run = promisify(execFile);

const CFN_LINT = 'cfn-lint==1.58.0';
/** Resource types and their allowed values differ from region to region. */
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

const findings = z.array(
  z.object({
    Filename: z.string(),
    Message: z.string(),
    Rule: z.object({ Id: z.string() }),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullable() }),
  }),
);
type Finding = z.infer<typeof findings>[number];

/** Accepted findings, by rule and message. The test fails on any other finding, and on an entry here without a finding. */
const EXPLAINED: readonly { readonly rule: string; readonly message: RegExp; readonly reason: string }[] = [
  {
    rule: 'W3005',
    message:
      /^'(\w+)Role' dependency already enforced by a 'GetAtt' at 'Resources\/\1Function\/Properties\/Role'$/,
    reason:
      'CDK makes a function wait for its role together with the policy of that role; only the role would be implied.',
  },
  {
    rule: 'W6001',
    message: /^The output value .*:ExportsOutputRef(JwtSecret|MainSecret|EventBus)\w+'} is an import/,
    reason: 'Programs join by the outputs of the service stack, and these three are in the state stack.',
  },
  {
    rule: 'I1022',
    message: /^Prefer using Fn::Sub over Fn::Join with an empty delimiter$/,
    reason: 'CDK writes Fn::Join, and the templates are not edited by hand.',
  },
];

/** All findings of the linter (errors, warnings, hints) about the templates, in a few regions. */
const lint = async (python: string, templates: Readonly<Record<string, unknown>>): Promise<Finding[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'posthorn-lint-'));
  try {
    const files = await Promise.all(
      Object.entries(templates).map(async ([name, template]) => {
        const file = join(folder, `${name}.template.json`);
        await writeFile(file, JSON.stringify(template));
        return file;
      }),
    );
    const options = ['--format', 'json', '--include-checks', 'I', '--non-zero-exit-code', 'none'];
    const { stdout } = await run(
      python,
      ['-c', 'from cfnlint.runner import main; main()', ...options, '--regions', ...REGIONS, '--', ...files],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
    );
    return findings.parse(JSON.parse(stdout === '' ? '[]' : stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const explains = ({ Rule, Message }: Finding) =>
  EXPLAINED.find(({ rule, message }) => rule === Rule.Id && message.test(Message));

const show = ({ Filename, Rule, Message, Location }: Finding) =>
  `${Filename.split('/').at(-1) ?? ''} ${Rule.Id} ${Location.Path?.join('.') ?? ''}: ${Message}`;

describe(`PyPI ${CFN_LINT}`, () => {
  let environment: PythonEnvironment;
  beforeAll(async () => {
    environment = await pythonWith(CFN_LINT);
  });

  it('finds nothing in the templates of any stage shape but the accepted findings', async ({ skip }) => {
    if (environment.kind === 'missing') return skip(environment.why);
    const templates = Object.fromEntries(
      Object.values(SHAPES).flatMap((shape, index) =>
        Object.entries(shape().templates).map(([name, template]) => [`${index}-${name}`, template]),
      ),
    );
    const found = await lint(environment.python, templates);
    expect(found.filter((each) => explains(each) === undefined).map(show)).toEqual([]);
    expect(EXPLAINED.filter((each) => !found.some((one) => explains(one) === each))).toEqual([]);
  });

  it('finds an unknown property, an unknown value and a missing resource in a broken template', async ({
    skip,
  }) => {
    if (environment.kind === 'missing') return skip(environment.why);
    const broken = {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { Fifo: true } },
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Runtime: 'nodejs99.x',
            Handler: 'index.handler',
            Code: { ZipFile: '' },
            Role: { 'Fn::GetAtt': ['Missing', 'Arn'] },
          },
        },
      },
    };
    const rules = (await lint(environment.python, { broken })).map(({ Rule }) => Rule.Id);
    expect(rules).toEqual(expect.arrayContaining(['E3002', 'E3030', 'E1010']));
  });
});

it('the stage shapes of the infra tests vary every stage option', () => {
  const configs = Object.values(SHAPE_CONFIGS);
  const values = (option: string) =>
    configs.map((config) => JSON.stringify(Object.entries(config).find(([name]) => name === option)?.[1]));
  expect(STAGE_OPTION_NAMES.filter((option) => new Set(values(option)).size < 2)).toEqual([]);
});
