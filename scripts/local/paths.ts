import { dirname, join } from 'node:path';

/** `projectDir` is the repository; `privateDir` (git-ignored) holds files of this machine. A test uses one of its own. */
export const projectDir = dirname(dirname(import.meta.dirname));
export const privateDir = process.env['POSTHORN_PRIVATE_DIR'] ?? join(projectDir, '.posthorn');
export const modulesDir = join(projectDir, 'node_modules');
