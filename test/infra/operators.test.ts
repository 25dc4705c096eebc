import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { OPERATORS, operatorsPage, policyOf, WITHOUT_RESOURCES } from '../support/permissions/operators.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const filesIn = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(path, file));

/** Operations of DynamoDB whose command in the document client has a shorter name. */
const DOCUMENT_COMMANDS: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  BatchGet: 'BatchGetItem',
  BatchWrite: 'BatchWriteItem',
  TransactGet: 'TransactGetItems',
  TransactWrite: 'TransactWriteItems',
};

/** The SDK operations that occur in the sources of a command. */
const sentBy = (name: string): string[] => {
  const text = OPERATORS[name]!.sources.flatMap((source) => filesIn(join(root, source)))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const commands = [...text.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name!);
  return [...new Set(commands.map((name) => DOCUMENT_COMMANDS[name] ?? name))].sort();
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
      if (!Action.every((action) => WITHOUT_RESOURCES.includes(action))) expect(Resource).not.toContain('*');
    }
  });
});

it('docs/operator-permissions.md is generated (vitest -u writes it)', async () => {
  await expect(await operatorsPage()).toMatchFileSnapshot('../../docs/operator-permissions.md');
});
