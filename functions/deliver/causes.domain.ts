import type { CancelCause } from './canceled.domain.ts';

/**
 * Why an attempt failed. The codes are stable: they are stored with the attempt and used by lists, events and metrics.
 * Each has a sentence that says what happened and what to do about it.
 */

/** What the sentences mention. */
export interface CauseFacts {
  /** Host name or address of the endpoint's URL. */
  readonly host: string;
  readonly port: number;
  readonly timeoutSeconds: number;
  /** Status of the response, or its class (`5xx`); 0: there was none. */
  readonly status: number | string;
  /** What exactly was wrong, if the code alone does not say it. */
  readonly detail?: string;
}

/** The contract's words for an endpoint that points where nothing may be sent. */
export const BLOCKED_MESSAGE = 'requests to this IP range are blocked (see the server configuration)';

const seconds = ({ timeoutSeconds }: CauseFacts): string =>
  `${timeoutSeconds} second${timeoutSeconds === 1 ? '' : 's'}`;

/** What happened, and what to do about it: one sentence each. */
export interface Explanation {
  readonly sentence: string;
  readonly advice: string;
}

type Explain = (facts: CauseFacts) => Explanation;

const TRANSPORT = {
  dns_not_found: ({ host }) => ({
    sentence: `The host name ${host} does not exist.`,
    advice: "Check the endpoint's URL and the DNS records of its domain.",
  }),
  dns_failed: ({ host }) => ({
    sentence: `The name servers of ${host} did not give its address.`,
    advice: 'Check that they answer queries from the internet.',
  }),
  address_blocked: ({ host }) => ({
    sentence: `The address of ${host} is private or reserved, so nothing was sent to it.`,
    advice: 'Use a host with public addresses, or ask the operator to allow the address range.',
  }),
  connection_refused: ({ host, port }) => ({
    sentence: `${host} refused the connection to port ${port}.`,
    advice: 'Check that the server is running and listens on that port.',
  }),
  connection_unreachable: ({ host, port }) => ({
    sentence: `No connection to ${host}, port ${port}, could be made.`,
    advice: "Check the endpoint's URL, and that its network and firewall let requests in.",
  }),
  timeout_dns: ({ host }) => ({
    sentence: `The name servers of ${host} did not answer in time.`,
    advice: 'Check that they answer queries from the internet.',
  }),
  timeout_connect: ({ host, port }) => ({
    sentence: `${host} did not accept a connection to port ${port} in time.`,
    advice: 'Check that a firewall does not drop requests from the internet.',
  }),
  timeout_tls: ({ host }) => ({
    sentence: `${host} did not finish the TLS handshake in time.`,
    advice: 'Check that the port of the URL serves HTTPS and that the server is not overloaded.',
  }),
  timeout_response: (facts) => ({
    sentence: `The endpoint did not answer within ${seconds(facts)}.`,
    advice: 'Answer with a 2xx status first, and do the work afterwards.',
  }),
  tls_expired: ({ host }) => ({
    sentence: `The TLS certificate of ${host} has expired.`,
    advice: 'Renew it.',
  }),
  tls_not_yet_valid: ({ host }) => ({
    sentence: `The TLS certificate of ${host} is not valid yet.`,
    advice: 'Check its dates, or install one that is valid now.',
  }),
  tls_self_signed: ({ host }) => ({
    sentence: `The TLS certificate of ${host} is self-signed.`,
    advice: 'Install one from a public certificate authority.',
  }),
  tls_hostname_mismatch: ({ host }) => ({
    sentence: `The TLS certificate that was presented is not for ${host}.`,
    advice: "Install one that names this host, or correct the endpoint's URL.",
  }),
  tls_unknown_authority: ({ host }) => ({
    sentence: `The TLS certificate of ${host} cannot be traced to a public certificate authority.`,
    advice: 'Install the full chain, with all intermediate certificates.',
  }),
  tls_certificate_invalid: ({ host }) => ({
    sentence: `The TLS certificate of ${host} is not valid.`,
    advice: 'Install a valid one from a public certificate authority.',
  }),
  tls_handshake_failed: ({ host }) => ({
    sentence: `${host} and we could not agree on a TLS connection.`,
    advice:
      'Check that the port of the URL serves HTTPS, with TLS 1.2 or later and without client certificates.',
  }),
  connection_reset: () => ({
    sentence: 'The connection was reset before the endpoint answered.',
    advice: 'Check the logs of the server and of any proxy in front of it.',
  }),
  connection_closed: () => ({
    sentence: 'The connection was closed before the endpoint answered.',
    advice: 'Check the logs of the server and of any proxy in front of it.',
  }),
  protocol_error: ({ detail }) => ({
    sentence: `The endpoint's answer is not valid HTTP${detail === undefined ? '' : `: ${detail}`}.`,
    advice: 'Check the server, or the proxy in front of it.',
  }),
  header_too_large: () => ({
    sentence: "The header fields of the endpoint's answer are larger than 64 KB.",
    advice: 'Make the server send fewer or shorter ones.',
  }),
  request_unsendable: ({ detail }) => ({
    sentence: `The request cannot be sent${detail === undefined ? '' : `: ${detail}`}.`,
    advice: "Correct the endpoint's URL and headers.",
  }),
} satisfies Record<string, Explain>;

const STATUS = {
  redirect: ({ status }) => ({
    sentence: `The endpoint answered with a redirect (${status}), which is not followed.`,
    advice: "Set the endpoint's URL to where it leads.",
  }),
  gone: () => ({
    sentence: 'The endpoint answered 410 Gone, so it was disabled.',
    advice: 'Enable it once it accepts webhooks again.',
  }),
  status_4xx: ({ status }) => ({
    sentence: `The endpoint refused the request with status ${status}.`,
    advice: 'Check its URL, its authentication and how it verifies webhooks.',
  }),
  status_5xx: ({ status }) => ({
    sentence: `The endpoint failed with status ${status}.`,
    advice: 'Check the logs of the server.',
  }),
  status_unexpected: ({ status }) => ({
    sentence: `The endpoint answered with status ${status}, which has no meaning here.`,
    advice: 'Answer with a 2xx status.',
  }),
} satisfies Record<string, Explain>;

/** Causes of attempts without a usable response. */
export type TransportCause = keyof typeof TRANSPORT;
/** Causes of attempts whose response status is not a success. */
export type StatusCause = keyof typeof STATUS;
export type FailureCause = TransportCause | StatusCause;

const EXPLANATIONS: Readonly<Record<FailureCause, Explain>> = { ...TRANSPORT, ...STATUS };

const isCause = (code: string): code is FailureCause => Object.hasOwn(EXPLANATIONS, code);

/** Every code of the table. */
export const FAILURE_CAUSES: readonly FailureCause[] = Object.keys(EXPLANATIONS).filter(isCause);

/** What a cause means for the endpoint's owner. */
export const explanationOf = (cause: FailureCause, facts: CauseFacts): Explanation =>
  EXPLANATIONS[cause](facts);

/** The text that an attempt without a usable response has as its response. */
export const sentenceOf = (cause: FailureCause, facts: CauseFacts): string => {
  if (cause === 'address_blocked') return BLOCKED_MESSAGE;
  const { sentence, advice } = explanationOf(cause, facts);
  return `${sentence} ${advice}`;
};

/** The cause that follows from a response status; null for a success. */
export const causeOfStatus = (status: number): StatusCause | null => {
  if (status >= 200 && status <= 299) return null;
  if (status === 410) return 'gone';
  if (status >= 300 && status <= 399) return 'redirect';
  if (status >= 400 && status <= 499) return 'status_4xx';
  return status >= 500 && status <= 599 ? 'status_5xx' : 'status_unexpected';
};

const isStatusCause = (cause: string): cause is StatusCause => Object.hasOwn(STATUS, cause);

/** Whether an attempt that ended with this cause (null: successfully) has a response that could be read. */
export const hasResponse = (cause: FailureCause | CancelCause | null): boolean =>
  cause === null || isStatusCause(cause);

/** Whether the endpoint took too long. Its retry is delayed for longer then. */
export const isTimeout = (cause: FailureCause | CancelCause | null): boolean =>
  cause?.startsWith('timeout_') ?? false;

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
