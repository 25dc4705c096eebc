import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PageFile } from '../../../functions/portal-host/page-file.ts';
import { builtPage } from './page-build.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const fileAt = (folder: string, path: string): PageFile => {
  const content = readFileSync(join(folder, path));
  const type = TYPES[extname(path)];
  if (type === undefined)
    throw new Error(`portal/dist/${path}: add the content type of ${extname(path)} to TYPES`);
  return {
    path,
    type,
    etag: createHash('sha256').update(content).digest('base64url').slice(0, 20),
    // Level 9 once per build, instead of a compression per request.
    gzip: gzipSync(content, { level: 9 }).toString('base64'),
  };
};

const read = (folder: string): readonly PageFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    // Vite's manifest and the stamp of the build.
    .filter((path) => !path.startsWith('.'))
    .sort()
    .map((path) => fileAt(folder, path));

let files: readonly PageFile[] | undefined;

/** The files of the page, built if need be. */
export const pageFiles = (): readonly PageFile[] => (files ??= read(builtPage()));
