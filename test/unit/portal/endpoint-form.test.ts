import { describe, expect, it } from 'vitest';
import {
  NEW_ENDPOINT,
  changesOfForm,
  faultsOf,
  fieldsOfForm,
  formOf,
} from '../../../portal/src/lib/endpoint-form.ts';
import { groupsOf } from '../../../portal/src/lib/event-type-groups.ts';
import { recordOf, wordsOf } from '../../../portal/src/lib/header-rules.ts';
import { parsePayload } from '../../../portal/src/lib/payload.ts';

const FILLED = { ...NEW_ENDPOINT, url: ' https://a.example/x ', eventTypes: ['a.b'] };

describe('portal: the form of an endpoint', () => {
  it('is complete with a URL and an event type', () => {
    expect(faultsOf(FILLED)).toEqual([]);
    expect(fieldsOfForm(FILLED)).toEqual({
      url: 'https://a.example/x',
      description: '',
      eventTypes: ['a.b'],
      throttleRate: null,
      channels: null,
      metadata: {},
    });
  });

  it.each(['', 'example.com', 'ftp://a.example', 'javascript:alert(1)'])('refuses the URL "%s"', (url) => {
    expect(faultsOf({ ...FILLED, url })).toEqual(['url']);
  });

  it('never takes an empty choice for all events', () => {
    expect(faultsOf({ ...FILLED, eventTypes: [] })).toEqual(['events']);
    expect(faultsOf({ ...FILLED, eventTypes: [], scope: 'all' })).toEqual([]);
    expect(fieldsOfForm({ ...FILLED, scope: 'all' }).eventTypes).toBeNull();
  });

  it.each(['0', '1.5', '65536', 'x', '-1'])('refuses the rate %s', (rate) => {
    expect(faultsOf({ ...FILLED, rate })).toEqual(['rate']);
  });

  it('gives the fields back as they were', () => {
    const fields = {
      url: 'https://a.example/',
      description: 'x',
      eventTypes: null,
      throttleRate: 5,
      channels: ['one', 'two'],
      metadata: { team: 'billing' },
    };
    expect(fieldsOfForm(formOf(fields))).toEqual(fields);
  });
});

describe('portal: a changed endpoint', () => {
  const saved = formOf({
    url: 'https://a.example/',
    description: 'x',
    eventTypes: ['archived.type'],
    throttleRate: 5,
    channels: ['one'],
    metadata: { team: ' billing ' },
  });

  it('is saved by the fields that differ alone', () => {
    expect(changesOfForm({ ...saved, description: 'y' }, saved)).toEqual({ description: 'y' });
    expect(changesOfForm({ ...saved, rate: '', channels: '' }, saved)).toEqual({
      throttleRate: null,
      channels: null,
    });
    expect(changesOfForm({ ...saved, scope: 'all' }, saved)).toEqual({ eventTypes: null });
    expect(changesOfForm({ ...saved, url: 'https://b.example', metadata: [] }, saved)).toEqual({
      url: 'https://b.example',
      metadata: {},
    });
  });

  it('sends nothing of what stays as it was', () => {
    expect(changesOfForm(saved, saved)).toEqual({});
    expect(changesOfForm({ ...saved, description: ' x ', channels: ' one' }, saved)).toEqual({});
  });
});

describe('portal: names that a person types', () => {
  it('are taken without spaces and repeats, and rows without a name are left out', () => {
    expect(wordsOf(' one, two  one,')).toEqual(['one', 'two']);
    expect(
      recordOf([
        { name: ' a ', value: ' 1 ' },
        { name: '', value: '2' },
      ]),
    ).toEqual({ a: '1' });
  });
});

describe('portal: a payload that a person types', () => {
  it.each([
    ['', 'none'],
    ['{"a":1}', 'valid'],
    ['[1]', 'invalid'],
    ['{', 'invalid'],
    ['null', 'invalid'],
  ])('%s is %s', (text, kind) => {
    expect(parsePayload(text).kind).toBe(kind);
  });
});

describe('portal: event types to choose from', () => {
  const types = [{ name: 'b.two' }, { name: 'a.one' }, { name: 'b.one', groupName: 'special' }];

  it('are grouped by group name, or by what comes before the first dot', () => {
    expect(groupsOf(types, '').map(({ name, items }) => [name, items.map((item) => item.name)])).toEqual([
      ['a', ['a.one']],
      ['b', ['b.two']],
      ['special', ['b.one']],
    ]);
  });

  it('are found by all words of the search, in any case', () => {
    expect(groupsOf(types, 'ONE b').flatMap(({ items }) => items.map(({ name }) => name))).toEqual(['b.one']);
  });
});
