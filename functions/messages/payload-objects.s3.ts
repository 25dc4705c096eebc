import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { makeS3 } from '../platform/aws/s3.ts';
import type { PayloadObjects } from './payload-objects.port.ts';

/**
 * Payloads in S3. A file of its own in bundles (lib/building-blocks/function-code.ts), which `lazy-payload-objects.ts`
 * loads with the first large payload.
 */
export const makePayloadObjects = (bucket: string, s3: S3Client = makeS3()): PayloadObjects => {
  const getOnce = async (key: string): Promise<Uint8Array | null> => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body === undefined ? null : await Body.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return null;
      throw error;
    }
  };
  return {
    put: async (key, packed) => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: packed }));
    },
    /** Retries once after a connection reset in the body: the SDK retries only until the headers have arrived. */
    get: (key) =>
      getOnce(key).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return getOnce(key);
        throw error;
      }),
    remove: async (key) => {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
};
