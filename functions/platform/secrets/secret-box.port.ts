import type { EndpointId } from '../ids/brand.domain.ts';

/** Encrypts endpoint secrets (`whsec_…`, `whsk_…`) at rest; a sealed secret opens only with its endpoint's id. */
export interface SecretBox {
  /** To be awaited before `seal` and `open`, with the values that are to be opened. */
  ready(sealed?: readonly Uint8Array[]): Promise<void>;
  seal(plainText: string, endpointId: EndpointId): Uint8Array;
  open(sealed: Uint8Array, endpointId: EndpointId): string;
}
