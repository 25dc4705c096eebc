import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { operations } from '../../functions/api/operations.ts';
import { pagePart } from '../local/page-part.ts';
import { projectDir } from '../local/paths.ts';
import { evidenceOf } from './field-evidence.ts';
import type { ClientField, Evidence } from './field-evidence.ts';
import { table } from './table.ts';

const operation = z.object({
  route: z.string(),
  query: z.array(z.string()),
  headers: z.array(z.string()),
  body: z.array(z.string()),
  answer: z.array(z.string()),
});
const inventory = z.object({
  client: z.string(),
  operations: z.record(z.string(), operation),
  /** The models that each field refers to, by model and field. */
  models: z.record(z.string(), z.record(z.string(), z.array(z.string()))),
});

/** The fields that the newest client declares, as extracted by test/python/fields.py. */
export type ClientFields = z.output<typeof inventory>;

export const readClientFields = async (): Promise<ClientFields> => {
  const text = await readFile(join(projectDir, 'scripts', 'compatibility', 'client-fields.json'), 'utf8');
  return inventory.parse(JSON.parse(text));
};

const modelFields = (
  { models }: ClientFields,
  roots: readonly string[],
  kind: ClientField['kind'],
): readonly ClientField[] => {
  const seen = new Set<string>();
  const waiting = [...roots];
  for (let model = waiting.pop(); model !== undefined; model = waiting.pop()) {
    if (seen.has(model)) continue;
    seen.add(model);
    waiting.push(...Object.values(models[model] ?? {}).flat());
  }
  return [...seen]
    .toSorted()
    .flatMap((owner) => Object.keys(models[owner] ?? {}).map((field) => ({ owner, field, kind })));
};

const working = new Set(
  operations.filter(({ responses }) => !('501' in responses)).map(({ method, path }) => `${method} ${path}`),
);

/** Every field and parameter of the client's operations that are implemented. */
export const fieldsOf = (declared: ClientFields): readonly ClientField[] => {
  const described = Object.entries(declared.operations).filter(([, { route }]) => working.has(route));
  const parameters = described.flatMap(([owner, { query, headers }]) => [
    ...query.map((field): ClientField => ({ owner, field, kind: 'query' })),
    ...headers.map((field): ClientField => ({ owner, field, kind: 'header' })),
  ]);
  const roots = (of: 'body' | 'answer') => described.flatMap(([, one]) => one[of]);
  return [
    ...parameters,
    ...modelFields(declared, roots('body'), 'body'),
    ...modelFields(declared, roots('answer'), 'answer'),
  ];
};

export const FIELDS_PART = pagePart(
  'compatibility.md',
  '<!-- fields, written by `npm run compatibility` -->',
  '<!-- end of fields -->',
);

const evidenceText = (evidence: Evidence | undefined): string => {
  switch (evidence?.kind) {
    case 'test':
      return `${evidence.title} (\`${evidence.file}\`)`;
    case 'ignored':
      return `ignored as by the open-source server: ${evidence.why}`;
    case 'unused':
      return evidence.why;
    case 'refused':
      return `422: ${evidence.why}`;
    case undefined:
      return 'no test observes this';
  }
};

/** A table with one row for all fields of an owner that the same test observes. */
export const renderFields = (fields: readonly ClientField[]): string => {
  const groups = Map.groupBy(fields, (one) =>
    JSON.stringify([one.owner, one.kind, evidenceText(evidenceOf(one))]),
  );
  const rows = [...groups].map(([key, some]) => {
    const [owner = '', kind = '', observed = '']: string[] = z.array(z.string()).parse(JSON.parse(key));
    const names = some.map(({ field }) => `\`${field}\``).join(', ');
    return [`\`${owner}\``, kind, names, observed];
  });
  return table(['Of', 'In', 'Fields', 'Observed by'], rows);
};
