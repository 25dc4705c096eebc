import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFileName, csvText } from '../../../portal/src/lib/csv.ts';

/** A small reader of RFC 4180, written apart from the writer. */
const parse = (text: string): string[][] => {
  const rows: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let current: string[] = [];
  for (const [, quoted, plain, end] of text.slice(1).matchAll(field)) {
    current.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== '\r\n') continue;
    rows.push(current);
    current = [];
  }
  return rows;
};

describe('CSV export', () => {
  it('keeps every text that is no formula', () => {
    const cells = fc.array(fc.array(fc.stringMatching(/^[a-z"][^\0]*$/), { minLength: 2, maxLength: 2 }));
    fc.assert(
      fc.property(cells, (rows) => {
        expect(parse(csvText(['a', 'b'], rows))).toEqual([['a', 'b'], ...rows]);
      }),
    );
  });

  it.each(['=1+1', '+1-cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '\ufeff=1'])(
    'makes the formula %j a text',
    (formula) => expect(parse(csvText(['a'], [[formula]]))[1]).toEqual([`'${formula}`]),
  );

  it('leaves numbers, and prints nothing for absent values', () => {
    expect(parse(csvText(['a', 'b', 'c', 'd'], [[-5, '-5.25', null, undefined]]))[1]).toEqual([
      '-5',
      '-5.25',
      '',
      '',
    ]);
  });

  it('names the file after the list and the time', () => {
    expect(csvFileName('deliveries ../"x"', new Date('2026-11-30T12:00:01.5Z'))).toBe(
      'deliveries-..-x--2026-11-30T120001.csv',
    );
  });
});
