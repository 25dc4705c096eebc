import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { ProbedOperation } from '../../../scripts/compatibility/probe.ts';
import { TABLE_PART, render } from '../../../scripts/compatibility/table.ts';

const probed: readonly ProbedOperation[] = [
  { name: 'health.get', route: 'GET /api/v1/health', outcome: { kind: 'works', status: 200 } },
  { name: 'connector.list', route: 'GET /api/v1/connector', outcome: { kind: 'absent' } },
  { name: 'message.get', route: 'GET /m', outcome: { kind: 'broken', why: '500: {}' } },
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
    const text = render(probed);
    expect(text).toContain('Of 3 operations 1 work; 1 answer 501 with a JSON body, 1 are broken.');
    expect(text).toMatch(/`health.get` +\| `GET \/api\/v1\/health` +\| works \(200\)/);
    expect(text).toMatch(/`message.get` .*\| broken: 500: \{\}/);
  });

  it('keeps the text around the generated part', () => {
    const changed = TABLE_PART.replace(page, render(probed));
    expect([changed.startsWith('# By hand'), changed.endsWith('Also by hand.')]).toEqual([true, true]);
    expect(TABLE_PART.read(changed)).toBe(render(probed));
    expect(() => TABLE_PART.replace('# No marks', '')).toThrow('lacks the comments');
  });

  it('is formatted as prettier would', async () => {
    const text = `${render(probed)}\n`;
    expect(await format(text, { parser: 'markdown', printWidth: 110 })).toBe(text);
  });
});
