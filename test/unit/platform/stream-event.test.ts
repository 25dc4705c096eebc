import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortRecords, streamRecords } from '../../../functions/platform/lambda/stream-event.ts';
import type { Change } from '../../../functions/platform/lambda/stream-event.ts';
import { attemptRows, parseAttemptRow } from '../../../functions/deliver/attempts/attempt-row.ts';
import { messageRow, parseMessageRow } from '../../../functions/messages/message-row.ts';
import { attempt, message } from '../../support/simulation/builders.ts';

type Image = Readonly<Record<string, unknown>>;

/** An image as Lambda passes it: DynamoDB attribute values with bytes as base64 text. */
const image = (row: Image) =>
  JSON.parse(
    JSON.stringify(marshall(row, { removeUndefinedValues: true }), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ),
  ) as Image;

// Node's buffers convert themselves to JSON before the replacer sees them.
const plain = (row: Image): Image =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? new Uint8Array(value) : value,
    ]),
  );

const record = (after: Image | undefined, before?: Image, eventName = 'INSERT') => ({
  eventName,
  eventSourceARN: 'arn:stream',
  dynamodb: {
    Keys: { pk: { S: 'p' }, sk: { S: 's' } },
    SequenceNumber: '7',
    ...(after === undefined ? {} : { NewImage: image(plain(after)) }),
    ...(before === undefined ? {} : { OldImage: image(plain(before)) }),
  },
});
const changesOf = (...records: readonly object[]) =>
  sortRecords(streamRecords({ Records: records }), (change: Change) => change);

describe('stream event', () => {
  it('restores messages and attempts, including bytes', () => {
    const { items } = changesOf(
      record(messageRow(message())),
      record(attemptRows(attempt({ response: 'é' })).row),
    );
    expect(parseMessageRow(items[0]?.after)).toEqual(message());
    expect(parseAttemptRow(items[1]?.after)).toEqual(attempt({ response: 'é' }));
  });

  it('restores any row', () => {
    // No row has an attribute such as `constructor`: names chosen by clients are stored as values.
    const name = fc.string({ minLength: 1 }).filter((text) => !(text in {}));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        ...[fc.string(), fc.boolean(), fc.integer(), fc.constant(null), fc.uint8Array({ maxLength: 8 })],
        ...[fc.array(tie('any')), fc.dictionary(name, tie('any'))],
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(name, value), (row) => {
        expect(changesOf(record(row)).items[0]?.after).toEqual(row);
      }),
    );
  });

  it('has the row before and after a change, and no row after a removal', () => {
    const { items } = changesOf(record({ n: 2 }, { n: 1 }, 'MODIFY'), record(undefined, { n: 2 }, 'REMOVE'));
    expect(items).toEqual([
      { eventName: 'MODIFY', before: { n: 1 }, after: { n: 2 } },
      { eventName: 'REMOVE', before: { n: 2 }, after: undefined },
    ]);
  });
});

describe('unreadable stream record', () => {
  const poisonous = record({ type: 'msg', v: 99 });

  it('is returned as poison with its keys and reason, beside the readable records', () => {
    const records = streamRecords({ Records: [poisonous, record(messageRow(message()))] });
    const { items, poison } = sortRecords(records, ({ after }) => parseMessageRow(after));
    expect(items).toEqual([message()]);
    expect(poison).toMatchObject([{ source: 'arn:stream', sequenceNumber: '7', errorClass: 'ZodError' }]);
    expect(JSON.parse(poison[0]!.keys)).toEqual({ pk: { S: 'p' }, sk: { S: 's' } });
  });

  it('is poison when its image has an unknown attribute type', () => {
    const odd = { ...poisonous, dynamodb: { ...poisonous.dynamodb, NewImage: { x: { XX: 1 } } } };
    expect(sortRecords(streamRecords({ Records: [odd] }), () => 1)).toMatchObject({
      items: [],
      poison: [{}],
    });
  });

  it('is ignored when the reader does not handle its row type', () => {
    expect(sortRecords(streamRecords({ Records: [poisonous] }), () => undefined)).toEqual({
      items: [],
      records: [],
      poison: [],
    });
  });
});
