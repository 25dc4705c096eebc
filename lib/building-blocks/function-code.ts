import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import type { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { BuildOptions } from 'esbuild';

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
  'fan-out': 'fan-out',
  'fan-out-wide': 'fan-out',
  deliver: 'deliver',
  'deliver-slow': 'deliver',
  sweep: 'deliver/retries',
  project: 'read-models',
  'update-hourly-statistics': 'read-models/hourly-statistics',
  announce: 'events',
  'run-task': 'replay',
};

const handlerFile = (entry: string): string => {
  const folder = FOLDERS[entry];
  if (folder === undefined) throw new Error(`Add the folder of ${entry}.lambda.ts to FOLDERS.`);
  return join(root, 'functions', folder, `${entry}.lambda.ts`);
};

/**
 * The handler. Bundles for the end-to-end suite also record each AWS call, so that `npm test` can evaluate the roles
 * against the calls that functions make (docs/decisions/0021).
 */
const source = (entry: string, faults: boolean): Pick<BuildOptions, 'entryPoints' | 'stdin'> =>
  faults
    ? {
        stdin: {
          contents: `import { recordCalls } from './test/support/permissions/record-calls.ts';
            recordCalls();
            export { handler } from '${handlerFile(entry)}';`,
          resolveDir: root,
          loader: 'ts',
        },
      }
    : { entryPoints: [handlerFile(entry)] };

/**
 * Bundles one entry as `index.js` in a folder. `faults` adds fault injection and call recording for the end-to-end
 * suite.
 */
export const bundleEntry = (entry: string, folder: string, faults: boolean): void => {
  buildSync({
    ...source(entry, faults),
    outfile: join(folder, 'index.js'),
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
    external: UNUSED_CREDENTIAL_PROVIDERS,
    define: {
      // With the literal "false" esbuild removes the code for fault injection.
      'process.env.FAULTS_ENABLED': JSON.stringify(String(faults)),
    },
  });
};

/**
 * The code asset of one entry, AWS SDK included. Bundles in this process, because NodejsFunction starts npx and a shell
 * for each function, which adds 4 seconds and a screen of output to every deployment.
 */
export const entryCode = (entry: string, faults: boolean): AssetCode =>
  Code.fromAsset(join(root, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never run, because local bundling always succeeds. `command` distinguishes the assets: CDK treats two with the
      // same source and the same bundling options as one.
      image: DockerImage.fromRegistry('unused'),
      command: [entry, String(faults)],
      local: {
        tryBundle: (folder) => {
          bundleEntry(entry, folder, faults);
          return true;
        },
      },
    },
  });
