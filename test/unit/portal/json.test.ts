import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettyText, rawMember } from '../../../portal/src/lib/json/json-text.ts';
import { exampleOf, schemaRows, schemaVersions } from '../../../portal/src/lib/json/schema.ts';

describe('payloads as text', () => {
  it('are found in an answer as they were sent: numbers, order and spaces', () => {
    const payload =
      '{"10": 1.50, "2": 12345678901234567890,  "a": ["}", {"payload": "\\"no\\\\"}], "e": 1E+2}';
    const answer = `{"id":"msg_1", "payload" : ${payload} ,"tags":[],"eventId":null}`;
    expect(rawMember(answer, 'payload')).toBe(payload);
    expect(rawMember(answer, 'eventId')).toBe('null');
    expect(rawMember(answer, 'other')).toBeUndefined();
  });

  it('are found in any answer', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.string(), (before, payload, name) => {
        const answer = `{${JSON.stringify(`a${name}`)}:${before},"payload":${payload},"last":1}`;
        expect(rawMember(answer, 'payload')).toBe(payload.trim());
      }),
    );
  });

  it('are pretty-printed like JSON.stringify does it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(prettyText(text)).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('are left as they are if they are no JSON', () => expect(prettyText('<xml a="1">')).toBe('<xml a="1">'));

  it('keep numbers as they are written', () => expect(prettyText('{"a":1.50}')).toBe('{\n  "a": 1.50\n}'));
});

describe('examples of event types', () => {
  it('are those that the schema names', () => {
    expect(exampleOf({ type: 'object', examples: [{ id: 7 }], properties: { id: {} } })).toEqual({ id: 7 });
    expect(exampleOf({ type: 'object', properties: { a: { const: 'x' }, b: { enum: ['y', 'z'] } } })).toEqual(
      {
        a: 'x',
        b: 'y',
      },
    );
  });

  it('are made from types, formats, bounds and references', () => {
    const schema = {
      type: 'object',
      definitions: { Money: { type: 'object', properties: { amount: { type: 'integer', minimum: 5 } } } },
      properties: {
        price: { $ref: '#/definitions/Money' },
        at: { type: 'string', format: 'date-time' },
        tags: { type: 'array', items: { type: ['null', 'string'], minLength: 8 } },
        either: { oneOf: [{ type: 'boolean' }, { type: 'string' }] },
        both: { allOf: [{ properties: { a: { type: 'number' } } }, { properties: { b: { type: 'null' } } }] },
        remote: { $ref: 'https://example.com/schema.json' },
      },
    };
    expect(exampleOf(schema)).toEqual({
      price: { amount: 5 },
      at: '2026-01-31T12:00:00Z',
      tags: ['stringxx'],
      either: true,
      both: { a: 1, b: null },
      remote: null,
    });
  });

  it('end for a schema that contains itself, and for one that is huge', () => {
    const tree = { type: 'object', properties: { left: { $ref: '#' }, right: { $ref: '#' } } };
    expect(JSON.stringify(exampleOf(tree)).length).toBeLessThan(100_000);
    expect(schemaRows(tree).length).toBeLessThanOrEqual(500);
    expect(exampleOf({ $ref: '#/a', a: { $ref: '#/a' } })).toBeNull();
  });

  it('never fail, whatever the schema is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (schema) => {
        exampleOf(schema);
        schemaRows(schema);
        schemaVersions(schema);
      }),
    );
  });

  it('list the members of a schema, parents first', () => {
    const schema = {
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'string', description: 'The id' },
        items: { type: 'array', items: { type: 'object', properties: { kind: { enum: ['a', 'b'] } } } },
      },
    };
    expect(schemaRows(schema)).toEqual([
      { path: 'id', depth: 0, type: 'string', required: true, description: 'The id', values: [] },
      { path: 'items', depth: 0, type: 'object[]', required: false, description: '', values: [] },
      {
        path: 'items[].kind',
        depth: 1,
        type: 'string',
        required: false,
        description: '',
        values: ['"a"', '"b"'],
      },
    ]);
  });

  it('show the newest version of a schema first', () => {
    expect(schemaVersions({ 1: {}, 10: {}, 2: {} }).map(([version]) => version)).toEqual(['10', '2', '1']);
  });
});
