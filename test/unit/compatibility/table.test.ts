import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { Surveyed } from '../../../scripts/compatibility/probe.ts';
import { readTable, render, replaceTable } from '../../../scripts/compatibility/table.ts';

const surveyed: readonly Surveyed[] = [
  { name: 'health.get', route: 'GET /api/v1/health', eligibilityOf: { kind: 'works', status: 200 } },
  { name: 'connector.list', route: 'GET /api/v1/connector', eligibilityOf: { kind: 'absent' } },
  { name: 'message.get', route: 'GET /m', eligibilityOf: { kind: 'broken', why: '500: {}' } },
];
const page = [
  '# By hand',
  '<!-- written by `npm run compatibility` -->',
  'old',
  '<!-- end of what `npm run compatibility` writes -->',
  'Also by hand.',
].join('\n\n');

describe('compatibility table of operations', () => {
  it('says how each operation was answered', () => {
    const text = render(surveyed);
    expect(text).toContain('Of 3 operations 1 work; 1 answer 501 with a JSON body, 1 are broken.');
    expect(text).toMatch(/`health.get` +\| `GET \/api\/v1\/health` +\| works \(200\)/);
    expect(text).toMatch(/`message.get` .*\| broken: 500: \{\}/);
  });

  it('keeps the text around the generated part', () => {
    const changed = replaceTable(page, render(surveyed));
    expect([changed.startsWith('# By hand'), changed.endsWith('Also by hand.')]).toEqual([true, true]);
    expect(readTable(changed)).toBe(render(surveyed));
    expect(() => replaceTable('# No marks', '')).toThrow('marks');
  });

  it('is formatted as prettier would', async () => {
    const text = `${render(surveyed)}\n`;
    expect(await format(text, { parser: 'markdown', printWidth: 110 })).toBe(text);
  });
});
