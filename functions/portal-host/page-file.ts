import * as z from 'zod';

/** The folder of files whose names contain a hash of their content, so that they never change. */
export const HASHED = 'assets/';

/** The start page, which is the answer to every path of the page's router. */
export const INDEX = 'index.html';
/** What the page reads about the stage; made by the host. */
export const CONFIG = 'config.json';

/** A file of the built page. `gzip`: compressed, in base64. */
const pageFile = z.object({ path: z.string(), type: z.string(), etag: z.string(), gzip: z.string() });
export type PageFile = z.infer<typeof pageFile>;

/**
 * The files that the bundler put into this function (lib/building-blocks/function-code.ts): one file to load, instead of a
 * read per request.
 */
export const embeddedFiles = (text: string): readonly PageFile[] => z.array(pageFile).parse(JSON.parse(text));

/** How long browsers and CloudFront may use a file without asking. */
export const cacheControl = (path: string): string =>
  path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache';

/** The start page with the folder that its relative addresses refer to. */
export const withBase = (html: string, base: string): string =>
  html.replace(/<base href="[^"]*"/, `<base href="${base}"`);
