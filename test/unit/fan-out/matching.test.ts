import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { matchingEndpoints, passesFilters } from '../../../functions/catalog/endpoints/matching.domain.ts';
import { endpoint, message } from '../../support/simulation/builders.ts';

const filters = (eventTypes: string[] | null, channels: string[] | null) =>
  endpoint({ eventTypes, channels });
const about = (eventType: string, channels: string[] | null = null) => message({ eventType, channels });

describe('the filters of an endpoint', () => {
  it('let everything through where there are none', () => {
    expect(passesFilters(filters(null, null), about('a'))).toBe(true);
    expect(passesFilters(filters(null, null), about('a', ['x']))).toBe(true);
  });

  it('let only listed event types through', () => {
    expect(passesFilters(filters(['a', 'b'], null), about('b'))).toBe(true);
    expect(passesFilters(filters(['a', 'b'], null), about('c'))).toBe(false);
    expect(passesFilters(filters(['a.b'], null), about('a'))).toBe(false);
  });

  it('let messages through that share a channel', () => {
    expect(passesFilters(filters(null, ['x', 'y']), about('a', ['y', 'z']))).toBe(true);
    expect(passesFilters(filters(null, ['x', 'y']), about('a', ['z']))).toBe(false);
  });

  it('never let a message without channels through to an endpoint with channels', () => {
    expect(passesFilters(filters(null, ['x']), about('a'))).toBe(false);
    expect(passesFilters(filters(null, ['x']), about('a', []))).toBe(false);
  });

  it('ask for the event type and a channel where both are set', () => {
    expect(passesFilters(filters(['a'], ['x']), about('a', ['x']))).toBe(true);
    expect(passesFilters(filters(['a'], ['x']), about('b', ['x']))).toBe(false);
    expect(passesFilters(filters(['a'], ['x']), about('a', ['y']))).toBe(false);
  });
});

describe('the endpoints of a message', () => {
  it('are the ones that are on and whose filters let it through', () => {
    const on = endpoint({ id: endpointId('ep_on') });
    const off = endpoint({ id: endpointId('ep_off'), disabled: true });
    const other = endpoint({ id: endpointId('ep_other'), eventTypes: ['other'] });
    expect(matchingEndpoints([off, on, other], about('a'))).toEqual([on]);
    expect(matchingEndpoints([], about('a'))).toEqual([]);
  });
});
