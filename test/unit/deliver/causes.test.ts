import { describe, expect, it } from 'vitest';
import {
  BLOCKED_MESSAGE,
  causeOfStatus,
  FAILURE_CAUSES,
  isTimeout,
  sentenceOf,
} from '../../../functions/deliver/causes.domain.ts';

const FACTS = { host: 'receiver.example', port: 443, timeoutSeconds: 30, status: 404 };

describe('causes of failure', () => {
  it('have stable codes, since they are stored', () => {
    expect(FAILURE_CAUSES).toEqual([
      ...['dns_not_found', 'dns_failed', 'address_blocked', 'connection_refused', 'connection_unreachable'],
      ...['timeout_dns', 'timeout_connect', 'timeout_tls', 'timeout_response'],
      ...['tls_expired', 'tls_not_yet_valid', 'tls_self_signed', 'tls_hostname_mismatch'],
      ...['tls_unknown_authority', 'tls_certificate_invalid', 'tls_handshake_failed'],
      ...[
        'connection_reset',
        'connection_closed',
        'protocol_error',
        'header_too_large',
        'request_unsendable',
      ],
      ...['redirect', 'gone', 'status_4xx', 'status_5xx', 'status_unexpected'],
    ]);
  });

  it.each(FAILURE_CAUSES.filter((cause) => cause !== 'address_blocked'))(
    'include %s, whose text says in one sentence what happened and in one what to do',
    (cause) => {
      const sentence = sentenceOf(cause, FACTS);
      expect(sentence).toMatch(/^[A-Z].+[^.]\. [A-Z].+\.$|^[a-z.]+ .+\. [A-Z].+\.$/);
      expect(sentence).not.toMatch(/undefined|undici|HPE|node\b|ECONN|errno|parser/i);
    },
  );

  it('have the contract’s sentence for a blocked address', () => {
    expect(sentenceOf('address_blocked', FACTS)).toBe(BLOCKED_MESSAGE);
  });

  it('follow from the class of a response status', () => {
    const causes = [200, 204, 299, 300, 302, 399, 400, 410, 429, 499, 500, 599, 101, 600, 999, 0].map(
      causeOfStatus,
    );
    expect(causes).toEqual([
      ...[
        null,
        null,
        null,
        'redirect',
        'redirect',
        'redirect',
        'status_4xx',
        'gone',
        'status_4xx',
        'status_4xx',
      ],
      ...['status_5xx', 'status_5xx', 'status_unexpected', 'status_unexpected', 'status_unexpected'],
      'status_unexpected',
    ]);
  });

  it('say whether the endpoint took too long', () => {
    expect(FAILURE_CAUSES.filter(isTimeout)).toEqual([
      ...['timeout_dns', 'timeout_connect', 'timeout_tls', 'timeout_response'],
    ]);
  });
});
