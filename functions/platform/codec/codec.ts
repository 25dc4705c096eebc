import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BODY_BYTES } from '../limits/requests.domain.ts';

/** The first byte says how the rest is packed, so that another way can be added and old bytes stay readable. */
const PLAIN = 0;
const DEFLATED = 1;
/** Below this (bytes) packing costs more time than it saves: a write unit is 1 KB. */
const WORTH_PACKING = 256;

/** Bytes as they are stored: packed where that makes them smaller. */
export const pack = (bytes: Uint8Array): Uint8Array => {
  const deflated = bytes.length < WORTH_PACKING ? undefined : deflateRawSync(bytes);
  if (deflated === undefined || deflated.length >= bytes.length)
    return Buffer.concat([Buffer.of(PLAIN), bytes]);
  return Buffer.concat([Buffer.of(DEFLATED), deflated]);
};

/** The bytes that were packed, exactly. Throws on bytes of an unknown kind. */
export const unpack = (stored: Uint8Array): Uint8Array => {
  const [packing, rest] = [stored[0], stored.subarray(1)];
  if (packing === PLAIN) return rest;
  if (packing === DEFLATED) return inflateRawSync(rest, { maxOutputLength: BODY_BYTES });
  throw new Error(`stored bytes of unknown packing ${String(packing)}`);
};
