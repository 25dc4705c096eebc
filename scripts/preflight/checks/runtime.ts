import type { Check } from '../finding.ts';
import { failure, ok } from '../finding.ts';

/** Runtime and architecture of the functions in the region: Lambda refuses to list layers for those that it does not know. */
export const runtime: Check = {
  name: 'runtime and architecture',
  needs: ['lambda:ListLayers'],
  async run({ runtimes, region }, account) {
    return Promise.all(
      runtimes.map(async (one) => {
        const what = `${one.runtime} on ${one.architecture}`;
        const reason = await account.unsupported(one.runtime, one.architecture);
        if (reason === undefined) return ok(`${region} has ${what}`);
        return failure(
          `${region} does not have ${what}: ${reason}`,
          'Deploy to another region, set as "region" in the stage file.',
        );
      }),
    );
  },
};
