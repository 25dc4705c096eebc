import { describe, expect, it } from 'vitest';
import { receiverRequests } from '../../../functions/deliver/receiver-requests.domain.ts';

describe('the response header webhook-delivery', () => {
  it.each([
    ['disable', ['disable']],
    [' Disable ', ['disable']],
    ['ABORT-MESSAGE', ['abort-message']],
    ['abort-message, disable', ['disable', 'abort-message']],
    ['disable,disable', ['disable']],
    ['', []],
    ['disabled', []],
    ['abort', []],
    [undefined, []],
  ])('with the value %j requests %j', (header, requests) => {
    for (const status of [200, 204, 400, 410, 503])
      expect(receiverRequests(header, status)).toEqual(requests);
    for (const status of [300, 302, 399]) expect(receiverRequests(header, status)).toEqual([]);
  });
});
