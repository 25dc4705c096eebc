import type { TransportCause } from '../causes.domain.ts';

/** Error codes of Node, and of OpenSSL as Node passes them on. Messages differ between versions and are not used. */

const LOOKUP_NOT_FOUND = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);

/** The cause of a failed DNS lookup. */
export const causeOfLookup = (code: string | undefined): TransportCause =>
  LOOKUP_NOT_FOUND.has(code ?? '') ? 'dns_not_found' : 'dns_failed';

/** The cause of a failed connect. */
export const causeOfConnect = (code: string | undefined): TransportCause =>
  code === 'ECONNREFUSED' ? 'connection_refused' : 'connection_unreachable';

const CERTIFICATE: Readonly<Record<string, TransportCause>> = {
  CERT_HAS_EXPIRED: 'tls_expired',
  CERT_NOT_YET_VALID: 'tls_not_yet_valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_unknown_authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_hostname_mismatch',
  HOSTNAME_MISMATCH: 'tls_hostname_mismatch',
  UNABLE_TO_GET_ISSUER_CERT: 'tls_unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_unknown_authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_unknown_authority',
  CERT_UNTRUSTED: 'tls_unknown_authority',
  CERT_CHAIN_TOO_LONG: 'tls_certificate_invalid',
  CERT_REVOKED: 'tls_certificate_invalid',
  CERT_REJECTED: 'tls_certificate_invalid',
  CERT_SIGNATURE_FAILURE: 'tls_certificate_invalid',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'tls_certificate_invalid',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'tls_certificate_invalid',
  INVALID_CA: 'tls_certificate_invalid',
  INVALID_PURPOSE: 'tls_certificate_invalid',
  PATH_LENGTH_EXCEEDED: 'tls_certificate_invalid',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'tls_certificate_invalid',
};

/** The cause of a failed TLS handshake. */
export const causeOfHandshake = (code: string | undefined): TransportCause =>
  CERTIFICATE[code ?? ''] ?? 'tls_handshake_failed';

/** The cause of an error on an established connection. TLS 1.3 alerts (about client certificates) may arrive late. */
export const causeOfBreak = (code: string | undefined): TransportCause =>
  code?.startsWith('ERR_SSL_') === true || code === 'EPROTO' ? 'tls_handshake_failed' : 'connection_reset';

const RESET = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** Whether the peer reset the connection. */
export const isReset = (code: string | undefined): boolean => RESET.has(code ?? '');
