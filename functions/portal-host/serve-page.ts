import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CONFIG, HASHED, INDEX, cacheControl, withBase } from './page-file.ts';
import type { PageFile } from './page-file.ts';

export interface PageRequest {
  readonly method: string;
  /** The path below /portal, without a slash at its start; undefined for /portal itself, which has no slash at its end. */
  readonly path: string | undefined;
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string;
}

export interface PageResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body: string;
}

export interface Page {
  readonly files: readonly PageFile[];
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
  /** The text of config.json. */
  readonly config: string;
}

/** No route of the page is as deep; each depth has a start page of its own. */
const DEEPEST = 12;

/** From the folder of a path back to the page's own: `login` is in it, `endpoints/ep_1` is one below. */
const baseOf = (path: string | undefined): string =>
  path === undefined ? 'portal/' : '../'.repeat(path.split('/').length - 1) || './';

/** Whether a client that sends this header can read gzip. */
export const acceptsGzip = (header: string): boolean =>
  header.split(',').some((one) => {
    const [coding = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    return (coding === 'gzip' || coding === '*') && !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
  });

const matches = (header: string, etag: string): boolean =>
  header
    .split(',')
    .some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));

const fileFrom = (path: string, type: string, text: string): PageFile => ({
  path,
  type,
  etag: createHash('sha256').update(text).digest('base64url').slice(0, 20),
  gzip: gzipSync(text).toString('base64'),
});

/**
 * Serves the built page below any prefix: paths of files answer with the file, other paths with the start page, whose
 * `<base>` points back to the page's folder. Files are looked up by their whole name, so no path leads out of the folder.
 */
export const makeServePage = ({ files, headers, config }: Page): ((request: PageRequest) => PageResponse) => {
  const known = new Map(files.map((file) => [file.path, file]));
  known.set(CONFIG, fileFrom(CONFIG, 'application/json', config));
  const index = known.get(INDEX);
  if (index === undefined) throw new Error(`the bundle of the portal has no ${INDEX}`);
  const html = gunzipSync(Buffer.from(index.gzip, 'base64')).toString();
  const starts = new Map<string, PageFile>();
  const startFor = (path: string | undefined): PageFile => {
    const base = baseOf(path);
    const start = starts.get(base) ?? fileFrom(INDEX, index.type, withBase(html, base));
    starts.set(base, start);
    return start;
  };
  const find = (path: string | undefined): PageFile | undefined => {
    if (path !== undefined && path !== INDEX && known.has(path)) return known.get(path);
    const isRoute = path === undefined || (!path.startsWith(HASHED) && path.split('/').length <= DEEPEST);
    return isRoute ? startFor(path) : undefined;
  };
  return ({ method, path, acceptEncoding, ifNoneMatch }) => {
    const respond = (status: number, more: Record<string, string>, body = ''): PageResponse => ({
      status,
      headers: { ...headers, ...more },
      body: method === 'HEAD' ? '' : body,
    });
    if (method !== 'GET' && method !== 'HEAD')
      return respond(405, { allow: 'GET, HEAD', 'cache-control': 'no-store' });
    const file = find(path);
    if (file === undefined) {
      const text = Buffer.from('There is no such file.\n').toString('base64');
      return respond(404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, text);
    }
    const etag = `W/"${file.etag}"`;
    const cached = { etag, 'cache-control': cacheControl(file.path), vary: 'accept-encoding' };
    if (matches(ifNoneMatch, etag)) return respond(304, cached);
    const typed = { ...cached, 'content-type': file.type };
    if (acceptsGzip(acceptEncoding)) return respond(200, { ...typed, 'content-encoding': 'gzip' }, file.gzip);
    return respond(200, typed, gunzipSync(Buffer.from(file.gzip, 'base64')).toString('base64'));
  };
};
