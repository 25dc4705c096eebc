import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import type { Instrumentation } from '../building-blocks/function-code.ts';

/**
 * Assets of the npm package, which `npm run package` put beside its code: a synth there has neither the sources nor the
 * tools that build them. `#assets` in package.json chooses.
 */
const folder = import.meta.dirname;

/** What a synth has to know about the files of the page. */
const pageIndex = z.array(z.object({ path: z.string(), etag: z.string() }));

/** The code asset of one entry. */
export const entryCode = (entry: string, instrumentation: Instrumentation): AssetCode => {
  if (instrumentation !== 'none')
    throw new Error(
      `The package has no ${instrumentation} build of ${entry}: use a clone of the repository.`,
    );
  return Code.fromAsset(join(folder, 'functions', entry));
};

/** The files of the page that the bundles of `portal` and `portal-upload` contain. */
export const pageFiles = (): z.infer<typeof pageIndex> =>
  pageIndex.parse(JSON.parse(readFileSync(join(folder, 'page.json'), 'utf8')));
