import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BODY_BYTES } from '../limits/requests.domain.ts';

/** The first byte names the compression of the rest, so that another one can be added while old bytes stay readable. */
const PLAIN = 0;
const DEFLATED = 1;
/** Below this size (bytes) compression rarely saves anything: DynamoDB counts write units of 1 KB. */
const WORTH_PACKING = 256;

/** Bytes as they are stored: compressed where that makes them smaller. */
export const pack = (bytes: Uint8Array): Uint8Array => {
  const deflated = bytes.length < WORTH_PACKING ? undefined : deflateRawSync(bytes);
  if (deflated === undefined || deflated.length >= bytes.length)
    return Buffer.concat([Buffer.of(PLAIN), bytes]);
  return Buffer.concat([Buffer.of(DEFLATED), deflated]);
};

/** Restores exactly the bytes that were packed. Throws on an unknown compression. */
export const unpack = (stored: Uint8Array): Uint8Array => {
  const [packing, rest] = [stored[0], stored.subarray(1)];
  if (packing === PLAIN) return rest;
  if (packing === DEFLATED) return inflateRawSync(rest, { maxOutputLength: BODY_BYTES });
  throw new Error(`stored bytes have the unknown compression ${String(packing)}`);
};
