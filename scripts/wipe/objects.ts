import { DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { chunksOf } from '../../functions/platform/concurrency/chunks.ts';
import type { OrgId } from '../../functions/platform/ids/brand.domain.ts';
import { Problem } from '../local/problem.ts';

/** DeleteObjects' limit. */
const BATCH = 1_000;

/** Deletes payloads by their keys; absent ones are no error. Throws a Problem if one cannot be deleted. */
export const removeObjects = async (s3: S3Client, bucket: string, keys: readonly string[]): Promise<void> => {
  for (const chunk of chunksOf(keys, BATCH)) {
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: chunk.map((Key) => ({ Key })), Quiet: true },
      }),
    );
    const [first] = Errors;
    if (first !== undefined)
      throw new Problem(
        `${Errors.length} payloads cannot be deleted: ${first.Key ?? ''} ${first.Code ?? ''}.`,
      );
  }
};

/** The payloads below the organization's prefix, page by page: those of rows, and those whose message was never written. */
export async function* objectsOf(
  s3: S3Client,
  bucket: string,
  org: OrgId,
): AsyncGenerator<readonly string[]> {
  const pages = paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: `payloads/${encodeURIComponent(org)}/` },
  );
  for await (const { Contents = [] } of pages)
    yield Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
}
