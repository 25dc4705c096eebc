import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  eventTypeAttributes,
  readApplication,
  readEndpoint,
  readEventType,
} from '../../../../functions/catalog/items.ts';
import { createApplication } from '../../../../functions/catalog/applications/applications.dynamo.ts';
import { applyChanges } from '../../../../functions/catalog/settings/settings.dynamo.ts';
import { eventType } from '../../../support/simulation/builders.ts';
import { applicationItem, endpointItem } from './items.ts';

describe('Catalog item', () => {
  it('keeps all values through marshalling', () => {
    const sealed = Uint8Array.of(0, 255, 7);
    const headers = { 'X-B': '1', 'x-a': '2', '': 'odd' };
    const stored = endpointItem('ep_a', 2n ** 63n, { headers, secret: { sealed, expiresAt: null } });
    const read = readEndpoint(unmarshall(marshall(stored)));
    expect([read.rev, read.item.headers, read.item.secret]).toEqual([
      2n ** 63n,
      headers,
      { sealed, expiresAt: null },
    ]);
    expect(Object.keys(read.item.headers)).toEqual(Object.keys(headers));
  });

  it('that is older than a field has its default, and one without a required field is refused', () => {
    const {
      throttleRate: _rate,
      disabled: _disabled,
      metadata: _metadata,
      ...older
    } = endpointItem('ep_a', 1n);
    expect(readEndpoint(older).item).toMatchObject({ throttleRate: null, disabled: false, metadata: {} });
    const { url: _url, ...damaged } = older;
    expect(() => readEndpoint(damaged)).toThrow('url');

    const { groupName: _group, featureFlags: _flags, ...old } = eventTypeAttributes(eventType('a'), 1n);
    const stored = { ...old, v: 1, type: 'evtype' };
    expect(readEventType(stored).item).toEqual(eventType('a'));
    expect(() => readEventType({ ...stored, description: undefined })).toThrow('description');
  });

  it('of another format version or another type is refused with a message', () => {
    expect(() => readApplication({ ...applicationItem(1n), v: 2 })).toThrow(
      'format version 2; this release reads 1',
    );
    expect(() => readApplication(endpointItem('ep_a', 1n))).toThrow('"ep"');
    expect(() => readApplication({ pk: 'a' })).toThrow();
  });

  it('of a new application is written in one transaction of seven writes', () => {
    const { item } = readApplication(applicationItem(1n, { uid: 'acme' }));
    const writes = createApplication('t', item, 1n).map(({ write }) => write.Put?.Item?.['type'] as unknown);
    expect(writes).toEqual(['app', 'listing', 'uid', 'rev', 'rev', 'rev', 'rev']);
  });
});

describe('change of organization settings', () => {
  it('keeps omitted settings and removes overrides that are null', () => {
    const current = { requestTimeout: 3, publishRateLimit: 5, allowedSubnets: ['10.0.0.0/8'] };
    const changes = { publishRateLimit: null, requestTimeout: undefined, operationalWebhooks: false };
    expect(applyChanges(current, changes)).toEqual({
      requestTimeout: 3,
      allowedSubnets: ['10.0.0.0/8'],
      operationalWebhooks: false,
    });
  });
});
