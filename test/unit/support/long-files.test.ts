import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';
import { LONG_FILES } from '../../support/runner/long-files.ts';

it('test files that are started first exist', () => {
  expect(LONG_FILES.filter((file) => !existsSync(join(projectDir, file)))).toEqual([]);
});
