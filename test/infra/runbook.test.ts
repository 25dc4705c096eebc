import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ofType, synth } from './synth.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const runbook = read('docs/runbook.md');

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

const sections = runbook
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ anchor: anchorOf(text.slice(0, text.indexOf('\n'))), text: text.trim() }));

const linked = new Set(
  ['dev', 'prod', 'local'].flatMap((stage) =>
    ofType(synth(stage).service, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
      String(/docs\/runbook\.md#([a-z-]+)/.exec(Properties.AlarmDescription as string)?.[1]),
    ),
  ),
);

it('every alarm leads to a heading of the runbook, and every heading is led to by an alarm', () => {
  expect(sections.map(({ anchor }) => anchor).sort()).toEqual([...linked].sort());
});

describe.each(sections)('the heading $anchor', ({ text }) => {
  it('says what it means, who is hurt, where to look and what to do, and ends in a command', () => {
    for (const word of ['Means', 'Hurts', 'Look', 'Do']) expect(text).toContain(`**${word}:** `);
    expect(text).toMatch(/```sh\n[^`]+\n```$/);
  });
});
