import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../scripts/local/paths.ts';

/** The programs of a guide: blocks of code with a file name after their language. */
export const programsIn = (page: string): ReadonlyMap<string, string> =>
  new Map(
    [...readFileSync(join(projectDir, page), 'utf8').matchAll(/^```\w+ (\S+)\n([^]*?)^```$/gm)].map(
      ([, name = '', text = '']) => [name, text],
    ),
  );
