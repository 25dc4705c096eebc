import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { OPERATORS, operatorsPage, policyOf } from '../support/permissions/operators.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const filesIn = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(path, file));

/** The SDK operations that occur in the sources of a command. */
const sentBy = (name: string): string[] => {
  const text = OPERATORS[name]!.sources.flatMap((source) => filesIn(join(root, source)))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return [...new Set([...text.matchAll(/new (\w+)Command\(/g)].map(([, operation]) => operation!))].sort();
};

/** Operations in the same folders that the command itself never sends. */
const NOT_SENT: Readonly<Record<string, readonly string[]>> = { dlq: ['UpdateItem'] };

describe.each(Object.keys(OPERATORS))('the operator policy of npm run %s', (name) => {
  it('allows each operation that the command sends', () => {
    const allowed = new Set(OPERATORS[name]!.calls.map(({ operation }) => operation));
    const missing = sentBy(name).filter(
      (operation) => operation !== '' && !allowed.has(operation) && !NOT_SENT[name]?.includes(operation),
    );
    expect(missing, 'add it in test/support/permissions/operators.ts').toEqual([]);
  });

  it('contains only mapped actions and resources of the stage', () => {
    for (const { Action, Resource } of policyOf(name).Statement) {
      expect(Action.join()).not.toContain('unmapped');
      if (Action.join() !== 'cloudwatch:GetMetricData') expect(Resource).not.toContain('*');
    }
  });
});

it('docs/operator-permissions.md is generated (vitest -u writes it)', async () => {
  await expect(await operatorsPage()).toMatchFileSnapshot('../../docs/operator-permissions.md');
});
