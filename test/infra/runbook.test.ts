import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEAD_LETTER_QUEUES } from '../../scripts/dlq/queues.ts';
import { ofType, synth, textOf } from './synth.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const runbook = read('docs/runbook.md');

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

const sections = runbook
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ anchor: anchorOf(text.slice(0, text.indexOf('\n'))), text: text.trim() }));

const descriptions = ['dev', 'prod', 'local'].flatMap((stage) =>
  ofType(synth(stage).service, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
    textOf(Properties.AlarmDescription),
  ),
);
const found = (pattern: RegExp) => new Set(descriptions.flatMap((text) => pattern.exec(text)?.[1] ?? []));
const linked = found(/docs\/runbook\.md#([a-z-]+)/);

it('every alarm links to a heading of the runbook, and every heading is linked by an alarm', () => {
  expect(sections.map(({ anchor }) => anchor).sort()).toEqual([...linked].sort());
});

describe.each(sections)('the runbook section $anchor', ({ text }) => {
  it('says what the alarm means, whom it affects, where to look and what to do, and ends with a command', () => {
    for (const word of ['Means', 'Impact', 'Look', 'Do']) expect(text).toContain(`**${word}:** `);
    expect(text).toMatch(/```sh\n[^`]+\n```$/);
  });
});

it('the tool knows every dead letter queue by the name and output that its alarms and its stack say', () => {
  const names = DEAD_LETTER_QUEUES.map(({ name }) => name);
  expect([...found(/npm run dlq -- replay ([a-z-]+)/)].sort()).toEqual(names.sort());
  for (const stage of ['dev', 'prod', 'local']) {
    const outputs = synth(stage).outputs.filter((name) => name.endsWith('DlqUrl'));
    expect(DEAD_LETTER_QUEUES.map(({ output }) => output).sort()).toEqual(outputs.sort());
  }
});

it('the runbook names only npm scripts that exist', () => {
  const named = [...runbook.matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
