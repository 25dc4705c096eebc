import { dirname, join } from 'node:path';

/** The project's folder, and the git-ignored one for what belongs to this machine. */
export const projectDir = dirname(dirname(import.meta.dirname));
export const privateDir = join(projectDir, '.posthorn');
export const modulesDir = join(projectDir, 'node_modules');
