import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLAGS } from 'aws-cdk-lib/cx-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOptions } from '../../../lib/config.ts';
import { FEATURE_FLAGS } from '../../../lib/feature-flags.ts';
import { buildPackage } from '../../../scripts/package/build.ts';
import { modulesDir, projectDir } from '../../../scripts/local/paths.ts';
import { synthOf } from '../synth.ts';

/** The app of docs/package.md, which is what a reader copies. */
const APP = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(projectDir, 'docs/package.md'), 'utf8'))?.[1] ?? '';

/** Strict, declarations of libraries included: aws-cdk-lib itself does not pass exactOptionalPropertyTypes. */
const TSCONFIG = {
  compilerOptions: {
    ...{
      strict: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
    },
    ...{ target: 'ES2022', lib: ['ES2022'], module: 'NodeNext', types: ['node'], noEmitOnError: true },
  },
  include: ['app.ts', 'wrong.ts'],
};

/** The feature flags that CDK recommends to new apps, of which none must reach the stacks. */
const RECOMMENDED_FLAGS = Object.fromEntries(
  Object.entries(FLAGS)
    .filter(([, { unconfiguredBehavesLike }]) => unconfiguredBehavesLike?.v2 !== true)
    .map(([flag, { recommendedValue }]) => [flag, recommendedValue]),
);

/** An option that the declarations must refuse. */
const WRONG = `import { App } from 'aws-cdk-lib';
import { Posthorn } from 'posthorn';
// @ts-expect-error -- a misspelled option
new Posthorn(new App(), 'Webhooks', { stage: 'prod', keepState: true, logRetention: 30 });
// @ts-expect-error -- an option of another type
new Posthorn(new App(), 'Webhooks', { stage: 'prod', keepState: 'yes' });
`;

let folder = '';
let installed = '';
const files = (): string[] =>
  readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-package-'));
  const tarball = await buildPackage(folder);
  const modules = join(folder, 'app', 'node_modules');
  installed = join(modules, 'posthorn');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  // The peers and dependencies that npm would install, without a network.
  for (const name of ['aws-cdk-lib', 'constructs', 'zod', '@types'])
    symlinkSync(join(modulesDir, name), join(modules, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inApp = (file: string, text: string) => writeFileSync(join(folder, 'app', file), text);
/** The status of a command, and what it printed if that is not 0. */
const run = (env: NodeJS.ProcessEnv, ...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    ...{ cwd: join(folder, 'app'), encoding: 'utf8', env: { ...process.env, ...env } },
  });
  return status === 0 ? '0' : `${String(status)}: ${stdout}${stderr}`;
};

it('the construct pins the feature flags of cdk.json', () => {
  const { context } = JSON.parse(readFileSync(join(projectDir, 'cdk.json'), 'utf8')) as { context: object };
  expect(FEATURE_FLAGS).toEqual(context);
});

describe('the npm package', () => {
  it('has the construct, its declarations, built functions and licenses, and neither sources nor tests', () => {
    const paths = files().map((file) => file.slice(installed.length + 1));
    expect(paths).toEqual(
      expect.arrayContaining(['index.js', 'page.json', 'LICENSE', 'README.md', 'THIRD-PARTY-NOTICES']),
    );
    expect(
      paths.filter((path) => /(^|\/)(test|scripts|stages|portal\/src|node_modules)\//.test(path)),
    ).toEqual([]);
    expect(paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    expect(paths).toContain('functions/deliver/index.js');
  });

  it('has no path of the machine that built it, and no fault injection', () => {
    const texts = files().map((file) => [file, readFileSync(file, 'utf8')] as const);
    const machine = [projectDir, folder, process.env['HOME'] ?? projectDir].filter((path) => path.length > 1);
    const found = texts.filter(([, text]) => machine.some((path) => text.includes(`${path}/`)));
    expect(found.map(([file]) => file)).toEqual([]);
    expect(
      texts.filter(([file, text]) => file.includes('/functions/') && text.includes('FAULTS_ENABLED')),
    ).toEqual([]);
  });

  it('type checks strictly in an app, and refuses options that do not exist', () => {
    inApp('tsconfig.json', JSON.stringify(TSCONFIG));
    inApp('package.json', JSON.stringify({ type: 'module' }));
    inApp('wrong.ts', WRONG);
    inApp('app.ts', APP);
    expect(run({}, join(modulesDir, 'typescript', 'bin', 'tsc'), '-p', '.')).toBe('0');
  });

  it.each(['CommonJS', 'ES module'])('synthesizes in an %s app to the templates of a clone', (kind) => {
    const code = readFileSync(join(folder, 'app', 'app.js'), 'utf8');
    const [file, text] =
      kind === 'ES module'
        ? ['app.mjs', code]
        : ['app.cjs', code.replaceAll(/import (\{[^}]*\}) from ('[^']+');/g, 'const $1 = require($2);')];
    inApp(file, `${text}\napp.synth();\n`);
    const out = join(folder, file);
    expect(run({ CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(RECOMMENDED_FLAGS) }, file)).toBe('0');
    const config = parseOptions(
      'prod',
      { target: 'aws', keepState: true, account: '111122223333', region: 'eu-west-1' },
      { at: 'clone' },
    );
    const here = synthOf(config).templates;
    for (const [stack, template] of Object.entries(here)) {
      const path = readdirSync(out).find(
        (name) => name.includes(stack.replaceAll('-', '')) && name.endsWith('.template.json'),
      );
      expect(path, `a template of ${stack}`).toBeDefined();
      const packed = JSON.parse(readFileSync(join(out, path!), 'utf8'));
      expect(withoutAssets(packed.Resources)).toEqual(withoutAssets(template.Resources));
    }
  });
});

/** Without what depends on the files of assets, and on the path of the construct: names inside of a distribution. */
const withoutAssets = (resources: unknown): unknown =>
  JSON.parse(
    JSON.stringify(resources, (key, value: unknown) =>
      key === 'Code' || /^\w*posthornprodservice\w+$/.test(String(value)) ? undefined : value,
    ),
  );
