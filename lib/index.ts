/** What the npm package exports (`npm run package`, docs/package.md). */
export { Posthorn } from './posthorn.ts';
export type { PosthornProps, PosthornSecrets } from './posthorn.ts';
export { IngestAccess } from './ingest-access.ts';
export type { IngestArns } from './ingest-access.ts';
export { ConfigError } from './config.ts';
