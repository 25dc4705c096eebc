import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import type { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { BuildOptions } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Left out because nothing asks for it: Lambda gives credentials in the environment, so the SDK never looks for
 * profiles, SSO or tokens (94 KB of every bundle).
 */
const NEVER_ASKED_FOR = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
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
  if (folder === undefined) throw new Error(`No folder is known for ${entry}.lambda.ts.`);
  return join(root, 'functions', folder, `${entry}.lambda.ts`);
};

/**
 * The handler, which in bundles for the suite tells of each AWS call too, so that `npm test` can evaluate the roles
 * against what functions do (docs/decisions/0021).
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

/** Writes `index.js` of one entry to a folder. `faults`: for the suite, which may break it and records its calls. */
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
    // The biggest lever on size and import time: 370 KB against 584 KB for the same two clients.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: false,
    logLevel: 'warning',
    legalComments: 'none',
    external: NEVER_ASKED_FOR,
    define: {
      // Without faults the code that asks for them is dead, and esbuild drops it.
      'process.env.FAULTS_ENABLED': JSON.stringify(String(faults)),
    },
  });
};

/**
 * One entry as a Lambda's code, AWS SDK included. In this process, because NodejsFunction starts npx and a shell for
 * each function: 4 seconds of every deployment and a screen of its output.
 */
export const entryCode = (entry: string, faults: boolean): AssetCode =>
  Code.fromAsset(join(root, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Used only if local bundling declined, which it never does; but CDK takes two assets with the same source and
      // the same words here for one.
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
