import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/**
 * How functions are bundled. `module` before `main` is the biggest lever on size and import time; on Node 24 CommonJS
 * loads faster than ESM (65 against 91 ms with two SDK clients); the runtime's own SDK is slower and floats.
 */
export const bundling = (faults: boolean): BundlingOptions => ({
  format: OutputFormat.CJS,
  mainFields: ['module', 'main'],
  target: 'node24',
  minify: true,
  sourceMap: false,
  bundleAwsSDK: true,
  forceDockerBundling: false,
  // Without faults the code that asks for them is dead, and esbuild drops it.
  define: { 'process.env.FAULTS_ENABLED': JSON.stringify(String(faults)) },
});
