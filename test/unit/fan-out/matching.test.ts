import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { matchingEndpoints, passesFilters } from '../../../functions/catalog/endpoints/matching.domain.ts';
import { endpoint, message } from '../../support/simulation/builders.ts';

const filters = (eventTypes: string[] | null, channels: string[] | null) =>
  endpoint({ eventTypes, channels });
const about = (eventType: string, channels: string[] | null = null) => message({ eventType, channels });

describe('the filters of an endpoint', () => {
  it('pass every message if the endpoint has none', () => {
    expect(passesFilters(filters(null, null), about('a'))).toBe(true);
    expect(passesFilters(filters(null, null), about('a', ['x']))).toBe(true);
  });

  it('pass only the listed event types', () => {
    expect(passesFilters(filters(['a', 'b'], null), about('b'))).toBe(true);
    expect(passesFilters(filters(['a', 'b'], null), about('c'))).toBe(false);
    expect(passesFilters(filters(['a.b'], null), about('a'))).toBe(false);
  });

  it('pass messages that share a channel', () => {
    expect(passesFilters(filters(null, ['x', 'y']), about('a', ['y', 'z']))).toBe(true);
    expect(passesFilters(filters(null, ['x', 'y']), about('a', ['z']))).toBe(false);
  });

  it('never pass a message without channels to an endpoint with channels', () => {
    expect(passesFilters(filters(null, ['x']), about('a'))).toBe(false);
    expect(passesFilters(filters(null, ['x']), about('a', []))).toBe(false);
  });

  it('require both the event type and a channel if both are set', () => {
    expect(passesFilters(filters(['a'], ['x']), about('a', ['x']))).toBe(true);
    expect(passesFilters(filters(['a'], ['x']), about('b', ['x']))).toBe(false);
    expect(passesFilters(filters(['a'], ['x']), about('a', ['y']))).toBe(false);
  });
});

describe('the matching endpoints of a message', () => {
  it('are the enabled ones whose filters pass it', () => {
    const on = endpoint({ id: endpointId('ep_on') });
    const off = endpoint({ id: endpointId('ep_off'), disabled: true });
    const other = endpoint({ id: endpointId('ep_other'), eventTypes: ['other'] });
    expect(matchingEndpoints([off, on, other], about('a'))).toEqual([on]);
    expect(matchingEndpoints([], about('a'))).toEqual([]);
  });
});
