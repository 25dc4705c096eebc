import type { EndpointId } from '../ids/brand.domain.ts';

/** Encrypts endpoint secrets (`whsec_…`, `whsk_…`) at rest; a sealed secret opens only with its endpoint's id. */
export interface SecretBox {
  seal(plainText: string, endpointId: EndpointId): Uint8Array;
  open(sealed: Uint8Array, endpointId: EndpointId): string;
}
