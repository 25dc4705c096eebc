import { dirname, join } from 'node:path';

/** `projectDir` is the repository; `privateDir` (git-ignored) holds files of this machine. */
export const projectDir = dirname(dirname(import.meta.dirname));
export const privateDir = join(projectDir, '.posthorn');
export const modulesDir = join(projectDir, 'node_modules');
