import { CONFIG, INDEX, cacheControl, withBase } from './page-file.ts';

/** A file as CloudFront will serve it. */
export interface Upload {
  readonly path: string;
  readonly type: string;
  readonly cacheControl: string;
  readonly content: Uint8Array;
}

export interface PageBucket {
  put(file: Upload): Promise<void>;
  /** Deletes every object. */
  empty(): Promise<void>;
}

/** A file of the built page, decompressed. */
interface BuiltFile {
  readonly path: string;
  readonly type: string;
  readonly content: Uint8Array;
}

const uploadOf = ({ path, type, content }: BuiltFile): Upload => ({
  path,
  type,
  cacheControl: cacheControl(path),
  content,
});

/**
 * Uploads a build. The start page comes last, so that it never names a file that is not there yet. Files of earlier builds
 * stay for pages that are open; they are a few hundred kilobytes a build.
 */
export const uploadPage = async (
  bucket: PageBucket,
  files: readonly BuiltFile[],
  config: string,
): Promise<void> => {
  const index = files.find(({ path }) => path === INDEX);
  if (index === undefined) throw new Error(`the bundle of the portal has no ${INDEX}`);
  for (const file of files) if (file !== index) await bucket.put(uploadOf(file));
  await bucket.put(
    uploadOf({ path: CONFIG, type: 'application/json', content: new TextEncoder().encode(config) }),
  );
  const html = withBase(new TextDecoder().decode(index.content), '/');
  await bucket.put(uploadOf({ ...index, content: new TextEncoder().encode(html) }));
};
