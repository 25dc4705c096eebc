import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { SDK_ROUTES } from '../../../functions/api/openapi/sdk-routes.ts';
import { evidenceOf } from '../../../scripts/compatibility/field-evidence.ts';
import {
  FIELDS_PART,
  fieldsOf,
  readClientFields,
  renderFields,
} from '../../../scripts/compatibility/fields.ts';
import { projectDir } from '../../../scripts/local/paths.ts';

const inventory = await readClientFields();
const fields = fieldsOf(inventory);

/** The source of every test of a file by its title. */
const testsIn = async (file: string): Promise<ReadonlyMap<string, string>> => {
  const source = ts.createSourceFile(
    file,
    await readFile(join(projectDir, file), 'utf8'),
    ts.ScriptTarget.Latest,
  );
  const found = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    const [title] = ts.isCallExpression(node) ? node.arguments : [];
    if (title !== undefined && ts.isStringLiteral(title)) found.set(title.text, node.getText(source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const files = new Map<string, Promise<ReadonlyMap<string, string>>>();
const textOf = async (file: string, title: string): Promise<string | undefined> => {
  const tests = files.get(file) ?? testsIn(file);
  files.set(file, tests);
  return (await tests).get(title);
};

describe('compatibility table of fields', () => {
  it('has every field and parameter of the working operations of the newest clients', () => {
    const inventoried = new Set(Object.values(inventory.operations).map(({ route }) => route));
    expect(inventoried).toEqual(new Set(SDK_ROUTES));
    expect(fields.length).toBeGreaterThan(250);
  });

  it('names for each field the test that observes it, or why it is ignored or refused', () => {
    const without = fields.filter((field) => evidenceOf(field) === undefined);
    expect(without.map(({ owner, field }) => `${owner}.${field}`)).toEqual([]);
  });

  it('names tests that exist and mention the field', async () => {
    const missing: string[] = [];
    for (const one of fields) {
      const evidence = evidenceOf(one);
      if (evidence?.kind !== 'test') continue;
      const text = await textOf(evidence.file, evidence.title);
      const mentions = text !== undefined && new RegExp(`\\b${one.field}\\b`).test(text);
      if (!mentions) missing.push(`${one.owner}.${one.field}: ${evidence.title}`);
    }
    expect(missing).toEqual([]);
  });

  it('is generated into docs/compatibility.md', async () => {
    const page = await readFile(join(projectDir, 'docs', 'compatibility.md'), 'utf8');
    const generated = renderFields(fields);
    expect(FIELDS_PART.read(page), 'run `npm run compatibility`').toBe(generated);
  });
});
