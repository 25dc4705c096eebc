import type { S3Client } from '@aws-sdk/client-s3';
import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { PageBucket } from './upload.flow.ts';

/** More pages of a thousand objects than any number of deployments fills. */
const MOST_PAGES = 100;

/** The private bucket that CloudFront reads. */
export const makePageBucket = (client: S3Client, bucket: string): PageBucket => ({
  put: async ({ path, type, cacheControl, content }) => {
    await client.send(
      new PutObjectCommand({
        ...{ Bucket: bucket, Key: path, Body: content },
        ...{ ContentType: type, CacheControl: cacheControl },
      }),
    );
  },
  empty: async () => {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
      if (Objects.length === 0) return;
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      );
      const [failed] = Errors;
      if (failed !== undefined) throw new Error(`could not delete ${failed.Key}: ${failed.Code}`);
    }
    throw new Error(`${bucket} still has objects after ${MOST_PAGES} pages of deletions`);
  },
});
