import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../../functions/api/operations.ts';
import { fieldsOf, readClientFields } from '../../../scripts/compatibility/fields.ts';
import { modulesDir } from '../../../scripts/local/paths.ts';

/** The npm client. The table of fields is made from the PyPI client; both are generated from one document. */
const SOURCES = join(modulesDir, 'svix', 'src');

/** The names of the properties that each interface of the client declares. */
const interfacesIn = async (folder: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  const found = new Map<string, readonly string[]>();
  for (const name of (await readdir(join(SOURCES, folder))).filter((one) => one.endsWith('.ts'))) {
    const text = await readFile(join(SOURCES, folder, name), 'utf8');
    ts.forEachChild(ts.createSourceFile(name, text, ts.ScriptTarget.Latest), (node) => {
      if (ts.isInterfaceDeclaration(node)) found.set(node.name.text, propertiesOf(node));
    });
  }
  return found;
};

const propertiesOf = ({ members }: ts.InterfaceDeclaration): readonly string[] =>
  members.flatMap(({ name }) => (name !== undefined && ts.isIdentifier(name) ? [name.text] : []));

/** `list` of `message.ts` takes `MessageListOptions`. */
const optionsName = (operation: string): string =>
  `${operation
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}Options`;

const camel = (name: string): string =>
  name.replaceAll(/[_-]([a-z])/g, (_, following: string) => following.toUpperCase());

let models: ReadonlyMap<string, readonly string[]>;
let options: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  [models, options] = await Promise.all([interfacesIn('models'), interfacesIn('api')]);
});

/** Routes of the operations that work here. */
const worksHere = new Set(operations.map(({ method, path }) => `${method} ${path}`));

/** What only the PyPI client has; getOrCreate is a helper of the npm client that calls another operation. */
const PYPI_ALONE = {
  models: ['EndpointAttemptStats'],
  options: ['ApplicationGetOrCreateOptions', 'EndpointGetAttemptStatsOptions'],
};

describe('npm svix 2.5.0', () => {
  it('has no model fields of working operations that the compatibility table lacks', async () => {
    const fields = fieldsOf(await readClientFields());
    const ofModels = fields.filter(({ kind }) => kind === 'body' || kind === 'answer');
    const known = Map.groupBy(ofModels, ({ owner }) => owner);
    const further = [...known].flatMap(([owner, some]) => {
      // The npm client reads the one field of the wire that is in snake case under a name of its own.
      const names = new Set(some.flatMap(({ field }) => [field, camel(field)]));
      const declared = models.get(owner) ?? [];
      return declared.filter((field) => !names.has(field)).map((field) => `${owner}.${field}`);
    });
    expect(further).toEqual([]);
    expect([...known.keys()].filter((owner) => !models.has(owner))).toEqual(PYPI_ALONE.models);
  });

  it('has no options of working operations that the compatibility table lacks', async () => {
    const described = Object.entries((await readClientFields()).operations);
    const working = described.filter(([, { route }]) => worksHere.has(route));
    const further = working.flatMap(([name, { query, headers }]) => {
      const names = new Set([...query, ...headers].map(camel));
      const declared = options.get(optionsName(name)) ?? [];
      return declared.filter((field) => !names.has(field)).map((field) => `${name}.${field}`);
    });
    expect(further).toEqual([]);
    const withOptions = working.filter(([, { query, headers }]) => query.length + headers.length > 0);
    const without = withOptions.map(([name]) => optionsName(name)).filter((name) => !options.has(name));
    expect(without.toSorted()).toEqual(PYPI_ALONE.options);
  });
});
