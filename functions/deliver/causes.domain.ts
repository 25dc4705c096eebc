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
  /** Status of the response; 0: there was none. */
  readonly status: number;
  /** What exactly was wrong, if the code alone does not say it. */
  readonly detail?: string;
}

/** The contract's words for an endpoint that points where nothing may be sent. */
export const BLOCKED_MESSAGE = 'requests to this IP range are blocked (see the server configuration)';

const seconds = ({ timeoutSeconds }: CauseFacts): string =>
  `${timeoutSeconds} second${timeoutSeconds === 1 ? '' : 's'}`;

const TRANSPORT = {
  dns_not_found: ({ host }) =>
    `The host name ${host} does not exist. Check the endpoint's URL and the DNS records of its domain.`,
  dns_failed: ({ host }) =>
    `The name servers of ${host} did not give its address. Check that they answer queries from the internet.`,
  address_blocked: () => BLOCKED_MESSAGE,
  connection_refused: ({ host, port }) =>
    `${host} refused the connection to port ${port}. Check that the server is running and listens on that port.`,
  connection_unreachable: ({ host, port }) =>
    `No connection to ${host}, port ${port}, could be made. Check the endpoint's URL, and that its network and firewall let requests in.`,
  timeout_dns: ({ host }) =>
    `The name servers of ${host} did not answer in time. Check that they answer queries from the internet.`,
  timeout_connect: ({ host, port }) =>
    `${host} did not accept a connection to port ${port} in time. Check that a firewall does not drop requests from the internet.`,
  timeout_tls: ({ host }) =>
    `${host} did not finish the TLS handshake in time. Check that the port of the URL serves HTTPS and that the server is not overloaded.`,
  timeout_response: (facts) =>
    `The endpoint did not answer within ${seconds(facts)}. Answer with a 2xx status first, and do the work afterwards.`,
  tls_expired: ({ host }) => `The TLS certificate of ${host} has expired. Renew it.`,
  tls_not_yet_valid: ({ host }) =>
    `The TLS certificate of ${host} is not valid yet. Check its dates, or install one that is valid now.`,
  tls_self_signed: ({ host }) =>
    `The TLS certificate of ${host} is self-signed. Install one from a public certificate authority.`,
  tls_hostname_mismatch: ({ host }) =>
    `The TLS certificate that was presented is not for ${host}. Install one that names this host, or correct the endpoint's URL.`,
  tls_unknown_authority: ({ host }) =>
    `The TLS certificate of ${host} cannot be traced to a public certificate authority. Install the full chain, with all intermediate certificates.`,
  tls_certificate_invalid: ({ host }) =>
    `The TLS certificate of ${host} is not valid. Install a valid one from a public certificate authority.`,
  tls_handshake_failed: ({ host }) =>
    `${host} and we could not agree on a TLS connection. Check that the port of the URL serves HTTPS, with TLS 1.2 or later and without client certificates.`,
  connection_reset: () =>
    'The connection was reset before the endpoint answered. Check the logs of the server and of any proxy in front of it.',
  connection_closed: () =>
    'The connection was closed before the endpoint answered. Check the logs of the server and of any proxy in front of it.',
  protocol_error: ({ detail }) =>
    `The endpoint's answer is not valid HTTP${detail === undefined ? '' : `: ${detail}`}. Check the server, or the proxy in front of it.`,
  header_too_large: () =>
    "The header fields of the endpoint's answer are larger than 64 KB. Make the server send fewer or shorter ones.",
  request_unsendable: ({ detail }) =>
    `The request cannot be sent${detail === undefined ? '' : `: ${detail}`}. Correct the endpoint's URL and headers.`,
} satisfies Record<string, (facts: CauseFacts) => string>;

const STATUS = {
  redirect: ({ status }) =>
    `The endpoint answered with a redirect (${status}), which is not followed. Set the endpoint's URL to where it leads.`,
  gone: () => 'The endpoint answered 410 Gone, so it was disabled. Enable it once it accepts webhooks again.',
  status_4xx: ({ status }) =>
    `The endpoint refused the request with status ${status}. Check its URL, its authentication and how it verifies webhooks.`,
  status_5xx: ({ status }) => `The endpoint failed with status ${status}. Check the logs of the server.`,
  status_unexpected: ({ status }) =>
    `The endpoint answered with status ${status}, which has no meaning here. Answer with a 2xx status.`,
} satisfies Record<string, (facts: CauseFacts) => string>;

/** Causes of attempts without a usable response. */
export type TransportCause = keyof typeof TRANSPORT;
/** Causes of attempts whose response status is not a success. */
export type StatusCause = keyof typeof STATUS;
export type FailureCause = TransportCause | StatusCause;

const SENTENCES: Readonly<Record<FailureCause, (facts: CauseFacts) => string>> = { ...TRANSPORT, ...STATUS };

const isCause = (code: string): code is FailureCause => Object.hasOwn(SENTENCES, code);

/** Every code of the table. */
export const FAILURE_CAUSES: readonly FailureCause[] = Object.keys(SENTENCES).filter(isCause);

/** The sentence for a person. */
export const sentenceOf = (cause: FailureCause, facts: CauseFacts): string => SENTENCES[cause](facts);

/** The cause that follows from a response status; null for a success. */
export const causeOfStatus = (status: number): StatusCause | null => {
  if (status >= 200 && status <= 299) return null;
  if (status === 410) return 'gone';
  if (status >= 300 && status <= 399) return 'redirect';
  if (status >= 400 && status <= 499) return 'status_4xx';
  return status >= 500 && status <= 599 ? 'status_5xx' : 'status_unexpected';
};

/** Whether the endpoint took too long. Its retry is delayed for longer then. */
export const isTimeout = (cause: FailureCause | CancelCause | null): boolean =>
  cause?.startsWith('timeout_') ?? false;
