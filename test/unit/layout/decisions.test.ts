import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../../../scripts/local/paths.ts';

const folder = join(projectDir, 'docs', 'decisions');
const files = readdirSync(folder).filter((name) => /^\d{4}-/.test(name));
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const titleOf = (name: string) => /^# (.*)\n/.exec(textOf(name))?.[1] ?? '';

it.each(files)(
  'the decision %s has a title with its number, and its context, decision and consequences in this order',
  (name) => {
    expect(titleOf(name)).toMatch(new RegExp(`^${name.slice(0, 4)} [^:]`));
    const parts = [
      ...textOf(name).matchAll(/^(?:\*\*(Context|Decision|Consequences)\.\*\*(?=\s)|#+ (?!\d{4} )(.*)$)/gm),
    ];
    expect(parts.map(([, bold, heading]) => bold ?? heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ]);
  },
);

it('the number of a decision is its own', () => {
  const numbers = files.map((name) => name.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
});

/** After a new decision: `npx vitest run --project unit decisions -u`. */
it('the index lists every decision', async () => {
  const lines = files.map((name) => `- [${titleOf(name)}](${name})`);
  const index = `# Decisions

Why things are as they are, half a page each: the context, the decision, its consequences. A decision that another one
replaces is deleted; git has it.

${lines.join('\n')}
`;
  await expect(index).toMatchFileSnapshot(join(folder, 'README.md'));
});
