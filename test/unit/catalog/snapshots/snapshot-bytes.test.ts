import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../../functions/catalog/endpoints/endpoint.domain.ts';
import { snapshotBytes } from '../../../../functions/catalog/snapshots/snapshot-bytes.domain.ts';
import { newApplication, newEndpoint } from '../../../support/simulation/builders.ts';

const bytesWith = (changes: Partial<Endpoint>) => {
  const application = newApplication();
  return snapshotBytes({ application, endpoints: [newEndpoint(application.id, changes)], unreadable: [] });
};

describe('snapshot size', () => {
  it.each([
    ['url', { url: `https://x.test/${'a'.repeat(60_000)}` }],
    ['description', { description: 'd'.repeat(60_000) }],
    ['headers', { headers: { 'x-a': 'v'.repeat(60_000) } }],
    ['metadata', { metadata: { a: 'v'.repeat(60_000) } }],
    ['event types', { eventTypes: Array.from({ length: 300 }, () => 'n'.repeat(200)) }],
    ['channels', { channels: ['c'.repeat(60_000)] }],
  ])('grows with the bytes of %s, not only with the number of endpoints', (_, changes) => {
    expect(bytesWith(changes)).toBeGreaterThan(bytesWith({}) + 60_000);
  });
});
