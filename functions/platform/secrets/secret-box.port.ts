import type { EndpointId } from '../ids/brand.domain.ts';

/** The port to endpoint secrets at rest. `plainText` is `whsec_…` or `whsk_…`; a sealed one opens for its endpoint only. */
export interface SecretBox {
  seal(plainText: string, endpointId: EndpointId): Uint8Array;
  open(sealed: Uint8Array, endpointId: EndpointId): string;
}
