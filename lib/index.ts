/** What the npm package exports (`npm run package`, docs/package.md). */
export { Posthorn } from './posthorn.ts';
export type { PosthornProps, PosthornSecrets } from './posthorn.ts';
export { ConfigError } from './config.ts';
