import { expect, it } from 'vitest';
import { answerProblems, bodyProblems, fieldsOf, readFields } from './notation.ts';

const contract = readFields('id: string, uid?: string|null, tags?: list of string');

it('schema notation and the same JSON schema have equal fields', () => {
  const schema = {
    properties: {
      id: { type: 'string' },
      uid: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['id'],
  };
  expect(fieldsOf(schema)).toEqual(contract);
});

it.each([
  ['id: string, uid: null, tags?: list of string, more?: object', []],
  ['id?: string, uid?: string|null, tags?: list of string', ['id may be missing']],
  ['id: string|null, uid?: string', ['id is string|null', 'tags is missing']],
])('an answer of %s compared with the contract has the problems %j', (ours, problems) => {
  expect(answerProblems(contract, readFields(ours))).toEqual(problems);
});

it.each([
  ['id?: string, uid?: string|integer|null, tags?: list of string, more?: object', []],
  ['id: string, uid?: string|null', ['tags is not known']],
  ['id: string, uid: string, tags?: list of string', ['uid is required', 'uid must be string']],
])('a body of %s compared with the contract has the problems %j', (ours, problems) => {
  expect(bodyProblems(contract, readFields(ours))).toEqual(problems);
});
