import { join, relative } from 'node:path';
import { projectDir } from '../local/paths.ts';
import { buildPackage } from './build.ts';

/** `npm run package`: builds the npm package with the construct Posthorn into dist/ (docs/package.md). */
const tarball = await buildPackage(join(projectDir, 'dist'));
process.stdout.write(`${relative(projectDir, tarball)}\n`);
