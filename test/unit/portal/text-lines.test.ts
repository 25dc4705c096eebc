import { describe, expect, it } from 'vitest';
import { boundedLines, drawnLines } from '../../../portal/src/lib/text-lines.ts';

describe('large texts', () => {
  it('are cut into lines of bounded length, and no character is lost', () => {
    const text = `a\n${'x'.repeat(5000)}\n\nb`;
    const lines = boundedLines(text);
    expect(lines.map(({ length }) => length)).toEqual([1, 2000, 2000, 1000, 0, 1]);
    expect(lines.join('')).toBe(text.replaceAll('\n', ''));
  });

  it.each([
    ['at the start', 0, 0, 40],
    ['in the middle', 10_000, 480, 540],
    ['at the end', 20_000, 980, 1000],
    ['behind the end', 90_000, 1000, 1000],
  ])('draw only the visible lines and some around them: %s', (_place, top, from, until) => {
    expect(drawnLines(1000, { top, height: 400, lineHeight: 20 })).toEqual({ from, until });
  });
});
