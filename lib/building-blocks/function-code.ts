import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import type { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { pageFiles } from '../constructs/portal/page-files.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Left out of bundles (105 KB each). Lambda provides credentials in the environment, so the SDK never loads the
 * providers for profiles, SSO, web identity tokens and metadata services.
 */
const UNUSED_CREDENTIAL_PROVIDERS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** The folder of each function's handler, `functions/<folder>/<entry>.lambda.ts`. */
const FOLDERS: Readonly<Record<string, string>> = {
  publish: 'publish',
  query: 'api',
  admin: 'api',
  'test-attempt': 'api',
  ingest: 'ingest',
  'fan-out': 'fan-out',
  'fan-out-wide': 'fan-out',
  deliver: 'deliver',
  'deliver-bulk': 'deliver',
  'deliver-slow': 'deliver',
  sweep: 'deliver/retries',
  project: 'read-models',
  'update-hourly-statistics': 'read-models/hourly-statistics',
  announce: 'events',
  'run-task': 'replay',
  'check-event-sources': 'monitoring',
  portal: 'portal-host',
  'portal-upload': 'portal-host',
};

/** Functions that carry the files of the portal's page. */
const WITH_PAGE = ['portal', 'portal-upload'];

/** The names of all functions that a stage may have. */
export const ENTRIES: readonly string[] = Object.keys(FOLDERS);

/** The function that serves the API reference. */
const WITH_REFERENCE = 'query';

let reference: string | undefined;

const compressedReference = (): string => {
  const file = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  // The logo would be the page's only foreign request, which its policy forbids.
  const script = readFileSync(file, 'utf8').replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', 'data:,');
  return gzipSync(script, { level: 9 }).toString('base64');
};

/** Redoc's script, compressed, in base64. */
const referenceScript = (): string => (reference ??= compressedReference());

export const handlerFile = (entry: string): string => {
  const folder = FOLDERS[entry];
  if (folder === undefined) throw new Error(`Add the folder of ${entry}.lambda.ts to FOLDERS.`);
  return join(root, 'functions', folder, `${entry}.lambda.ts`);
};

/** `faults`: for the suite, which may break it and records its calls. `bench`: for the benchmark, which measures it. */
export type Instrumentation = 'none' | 'faults' | 'bench';

/** Code around the handler of instrumented bundles; the first is what `npm test` evaluates the roles by (decision 0021). */
const AROUND: Readonly<Record<Exclude<Instrumentation, 'none'>, (file: string) => string>> = {
  faults: (file) => `import { recordCalls } from './test/support/permissions/record-calls.ts';
    recordCalls();
    export { handler } from '${file}';`,
  bench: (file) => `import { measured } from './test/support/bench/recording/measured.ts';
    import { handler as unmeasured } from '${file}';
    export const handler = measured(unmeasured);`,
};

const source = (
  entry: string,
  instrumentation: Instrumentation,
): Pick<BuildOptions, 'entryPoints' | 'stdin'> =>
  instrumentation === 'none'
    ? { entryPoints: [handlerFile(entry)] }
    : { stdin: { contents: AROUND[instrumentation](handlerFile(entry)), resolveDir: root, loader: 'ts' } };

/**
 * Modules that functions import on use, and that become files of their own: together they would be a third of the code of a
 * cold start. Each is imported from its own folder alone. Not in instrumented bundles, which watch all of one SDK.
 */
const LAZY = [
  'functions/messages/payload-objects.s3.ts',
  'functions/catalog/event-types/ajv.ts',
  'functions/catalog/event-types/openapi/yaml.ts',
  'functions/api/openapi/reference-script.ts',
];

/** `import('./name.ts')` of a lazy module, as esbuild leaves it. */
const LAZY_IMPORT = /\(["']\.\/([\w.-]+)\.ts["']\)/g;

/** Writes `index.js` of one entry to a folder, and the lazy modules that it imports. */
export const bundleEntry = (entry: string, folder: string, instrumentation: Instrumentation): void => {
  const split = instrumentation === 'none';
  mkdirSync(folder, { recursive: true });
  const code = bundle(entry, instrumentation, source(entry, instrumentation), split);
  writeFileSync(
    join(folder, 'index.js'),
    code.replaceAll(LAZY_IMPORT, (found, name: string) => {
      const module = LAZY.find((one) => one.endsWith(`/${name}.ts`));
      if (!split || module === undefined) return found;
      writeFileSync(
        join(folder, `${name}.js`),
        bundle(entry, instrumentation, { entryPoints: [module] }, false),
      );
      return `("./${name}.js")`;
    }),
  );
};

/** The source map of the bundle of one entry, whose code is the same without it. */
export const sourceMapOf = (entry: string, instrumentation: Instrumentation): string => {
  const options = optionsOf(entry, instrumentation, instrumentation === 'none');
  const { outputFiles } = buildSync({
    ...source(entry, instrumentation),
    ...options,
    ...{ write: false, sourcemap: 'external', outdir: root },
  });
  return outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? '';
};

const bundle = (
  entry: string,
  instrumentation: Instrumentation,
  from: Pick<BuildOptions, 'entryPoints' | 'stdin'>,
  split: boolean,
): string => {
  const { outputFiles } = buildSync({ ...from, ...optionsOf(entry, instrumentation, split), write: false });
  return outputFiles[0]?.text ?? '';
};

const optionsOf = (entry: string, instrumentation: Instrumentation, split: boolean): BuildOptions => ({
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // On Node 24 CommonJS loads faster than ESM: 65 against 91 ms with two SDK clients.
  format: 'cjs',
  // ES module sources can be tree-shaken: 370 KB against 584 KB for the same two clients.
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: false,
  logLevel: 'warning',
  legalComments: 'none',
  external: [...UNUSED_CREDENTIAL_PROVIDERS, ...(split ? LAZY.map((module) => `*/${basename(module)}`) : [])],
  define: {
    // With the literal "false" esbuild removes the code for fault injection.
    'process.env.FAULTS_ENABLED': JSON.stringify(String(instrumentation === 'faults')),
    ...(WITH_PAGE.includes(entry)
      ? { 'process.env.PORTAL_FILES': JSON.stringify(JSON.stringify(pageFiles())) }
      : {}),
    ...(entry === WITH_REFERENCE ? { 'process.env.API_REFERENCE': JSON.stringify(referenceScript()) } : {}),
  },
});

/**
 * The code asset of one entry, AWS SDK included. Bundles in this process, because NodejsFunction starts npx and a shell
 * for each function, which adds 4 seconds and a screen of output to every deployment.
 */
export const entryCode = (entry: string, instrumentation: Instrumentation): AssetCode =>
  Code.fromAsset(join(root, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never run, because local bundling always succeeds. `command` distinguishes the assets: CDK treats two with the
      // same source and the same bundling options as one.
      image: DockerImage.fromRegistry('unused'),
      command: [entry, instrumentation],
      local: {
        tryBundle: (folder) => {
          bundleEntry(entry, folder, instrumentation);
          return true;
        },
      },
    },
  });
