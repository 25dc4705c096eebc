import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { bodyOf } from '../../support/receiver.ts';

/** Properties that hold for any input. A failure prints its seed. */
let sender: Sender;

beforeAll(async () => {
  sender = await freshSender();
  await sender.ask('POST', '/event-type', { name: 'order.paid', description: '' });
  await sender.endpoint('ep', '/properties');
});

const blank = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
const escaped = (text: string) =>
  `"${Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`;
const stringText = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 5 }).map(escaped),
);
const numberText = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);

/** Any valid JSON text, beyond what one serializer writes: white space, escapes, forms of numbers, duplicate keys. */
const { object } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('null', 'true', 'false'),
    numberText,
    stringText,
    tie('list'),
    tie('object'),
  ),
  list: fc
    .tuple(fc.array(tie('value'), { maxLength: 4 }), blank)
    .map(([items, gap]) => `[${gap}${items.join(`,${gap}`)}${gap}]`),
  object: fc
    .tuple(fc.array(fc.tuple(stringText, tie('value')), { maxLength: 4 }), blank)
    .map(
      ([fields, gap]) =>
        `{${gap}${fields.map(([key, value]) => `${key}${gap}:${value}`).join(`${gap},`)}${gap}}`,
    ),
}));

it('any JSON object as payload is delivered and read back byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(object, { minLength: 8, maxLength: 8 }), async (payloads) => {
      await Promise.all(
        payloads.map(async (payload) => {
          const body = `{"eventType":"order.paid","payload":${payload}}`;
          const answer = await sender.send('POST', '/app/acme/msg', body);
          expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
          const id = String(answer.json.id);
          expect(bodyOf((await sender.received(id))[0]!)).toBe(payload);
          expect((await sender.send('GET', `/app/acme/msg/${id}`)).text).toContain(`"payload":${payload},"`);
        }),
      );
    }),
    { numRuns: 12 },
  );
});

/** Ways to damage a cursor. */
const mutation = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(40),
    text: fc.string({ unit: 'binary', maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(40), text: fc.constant('') }),
  fc.record({
    kind: fc.constant('replace' as const),
    at: fc.nat(40),
    text: fc.string({ minLength: 1, maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(3), text: fc.constant('') }),
  fc.record({ kind: fc.constant('minus' as const), at: fc.nat(3), text: fc.constant('') }),
);

const mutate = (cursor: string, { kind, at, text }: { kind: string; at: number; text: string }): string => {
  switch (kind) {
    case 'insert':
      return cursor.slice(0, at) + text + cursor.slice(at);
    case 'cut':
      return cursor.slice(0, at) + cursor.slice(at + 1);
    case 'replace':
      return cursor.slice(0, at) + text + cursor.slice(at + text.length);
    case 'repeat':
      return cursor.repeat(at + 1);
    default:
      return `${'-'.repeat(at)}${cursor}`;
  }
};

const LISTS = [
  '/app',
  '/event-type',
  '/background-task',
  '/app/acme/endpoint',
  '/app/acme/msg',
  '/app/acme/attempt/endpoint/ep',
  '/app/acme/attempt/msg/{msg}',
  '/app/acme/endpoint/ep/msg',
  '/app/acme/msg/{msg}/endpoint',
];

it('a damaged iterator gets 422 or a page, never 500', async () => {
  const message = await sender.publish();
  await sender.attempts(String(message['id']));
  await sender.ask('POST', '/app/acme/endpoint/ep/recover', { since: new Date().toISOString() });
  const paths = LISTS.map((path) => path.replace('{msg}', String(message['id'])));
  const cursors = await Promise.all(
    paths.map(async (path) => String((await sender.ask('GET', path))['iterator'])),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      const answers = await Promise.all(
        paths.map((path, index) => {
          const changed = mutations.reduce(mutate, cursors[index]!);
          return sender.send('GET', `${path}?iterator=${encodeURIComponent(changed.toWellFormed())}`);
        }),
      );
      for (const { status, json, text } of answers) {
        expect([status, text]).toEqual([expect.toBeOneOf([200, 422]), expect.anything()]);
        if (status === 200) expect([Array.isArray(json.data), typeof json.done]).toEqual([true, 'boolean']);
      }
    }),
    { numRuns: 25 },
  );
});
