import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_FILTERS,
  RANGES,
  STATUSES,
  STATUS_CLASSES,
  filterSearch,
  isFiltered,
  listQuery,
  parseFilters,
} from '../../../portal/src/lib/filters.ts';
import { CAUSE_CODES } from '../../../portal/src/lib/causes.ts';
import type { Filters } from '../../../portal/src/lib/filters.ts';

const name = fc.stringMatching(/^[A-Za-z0-9_.:@+/#-]{1,30}$/);
const names = fc.uniqueArray(name, { maxLength: 5 });
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
const filters = fc.record<Filters>({
  status: optional(fc.constantFrom(...STATUSES)),
  statusClass: optional(fc.constantFrom(...STATUS_CLASSES)),
  causes: fc.uniqueArray(fc.constantFrom(...CAUSE_CODES), { maxLength: 5 }),
  eventTypes: names,
  channel: optional(name),
  tag: optional(name),
  endpoint: optional(name),
  message: optional(name),
  range: fc.constant(null),
  after: optional(instant.map((at) => at.toISOString())),
  before: optional(instant.map((at) => at.toISOString())),
});

describe('filters in the URL', () => {
  it('come back from the URL as they were', () => {
    fc.assert(
      fc.property(filters, (given) => {
        expect(parseFilters(filterSearch(given))).toEqual(given);
      }),
    );
  });

  it('read any URL without failing, and print nothing that they did not read', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (search) => {
        const once = parseFilters(search);
        expect(parseFilters(filterSearch(once))).toEqual(once);
      }),
    );
  });

  it('keep parameters of others and forget the position in the list', () => {
    const search = filterSearch({ ...NO_FILTERS, status: 'failed' }, 'tab=raw&page=xyz&status=canceled');
    expect(search).toBe('tab=raw&status=failed');
    expect(filterSearch(NO_FILTERS, search)).toBe('tab=raw');
  });

  it.each([
    'status=deleted',
    'class=404',
    'range=1y',
    'cause=unknown_cause',
    'after=yesterday',
    'after=2026-13-45T00:00:00Z',
    'type=<script>',
    `channel=${'x'.repeat(300)}`,
  ])('leave out an invalid value: %s', (search) => expect(isFiltered(parseFilters(search))).toBe(false));

  it('take every character that a tag may have', () => {
    const tag = 'a-Z_9./\\#';
    const search = filterSearch({ ...NO_FILTERS, tag });
    expect(listQuery(parseFilters(search), 0).tag).toBe(tag);
  });

  it('read at most 50 names', () => {
    const many = Array.from({ length: 80 }, (_, index) => `type.${index}`).join(',');
    expect(parseFilters(`type=${many}`).eventTypes).toHaveLength(50);
  });

  it('prefer given ends to a range', () => {
    expect(parseFilters('range=24h&after=2026-11-30T00:00:00Z')).toMatchObject({
      range: null,
      after: '2026-11-30T00:00:00.000Z',
    });
  });
});

describe('filters of the API', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  it('name the parameters of the lists', () => {
    const search =
      'status=failed&class=500&cause=timeout_tls,gone&type=a.b&channel=c&tag=t&endpoint=ep_1&message=msg_1&range=24h';
    expect(listQuery(parseFilters(search), now)).toEqual({
      status: 2,
      status_code_class: 500,
      cause: ['timeout_tls', 'gone'],
      event_types: ['a.b'],
      channel: 'c',
      tag: 't',
      endpoint_id: 'ep_1',
      msg_id: 'msg_1',
      after: '2026-11-29T12:00:00.000Z',
      before: '2026-12-01T12:00:00.000Z',
    });
  });

  it('never name a start alone, with which the API begins at the oldest item', () => {
    for (const search of ['range=1h', 'range=28d', 'after=2026-11-01T00:00:00Z'])
      expect(listQuery(parseFilters(search), now)).toHaveProperty('before', '2026-12-01T12:00:00.000Z');
    const bounded = listQuery(parseFilters('after=2026-11-01T00:00:00Z&before=2026-11-02T00:00:00Z'), now);
    expect(bounded.before).toBe('2026-11-02T00:00:00.000Z');
  });

  it('ask for everything without filters', () => expect(listQuery(NO_FILTERS, now)).toEqual({}));

  it.each(Object.entries(RANGES))('go back by the hours of the range %s', (range, hours) => {
    const { after } = listQuery(parseFilters(`range=${range}`), now);
    expect(now - Date.parse(after ?? '')).toBe(hours * 3_600_000);
  });
});
