import { isFields, isList } from '../../platform/json-values.domain.ts';
import { SCHEMA_BUDGET } from '../../platform/limits/schemas.domain.ts';

/** What is counted in schemas. */
type Counted = 'values' | 'objects' | 'references' | 'branches' | 'patterns';

const NAMES: Readonly<Record<Counted, string>> = {
  values: 'values',
  objects: 'objects',
  references: 'references ($ref)',
  branches: 'conditions (anyOf, oneOf, allOf, not, if, then, else, contains, propertyNames)',
  patterns: 'patterns',
};

const BRANCH_LISTS = new Set(['anyOf', 'oneOf', 'allOf']);
const BRANCHES = new Set(['not', 'if', 'then', 'else', 'contains', 'propertyNames']);

interface Place {
  /** The keyword of the value; empty for the root and for items of lists. */
  readonly keyword: string;
  readonly value: unknown;
  readonly depth: number;
}

const entriesOf = (value: object): [string, unknown][] => Object.entries(value);

const costOf = ({ keyword, value }: Place): Partial<Record<Counted, number>> => ({
  values: 1,
  objects: isFields(value) ? 1 : 0,
  references: keyword === '$ref' && typeof value === 'string' ? 1 : 0,
  branches: BRANCHES.has(keyword) ? 1 : BRANCH_LISTS.has(keyword) && isList(value) ? value.length : 0,
  patterns: patternsIn(keyword, value).length,
});

const patternsIn = (keyword: string, value: unknown): readonly string[] => {
  if (keyword === 'pattern' && typeof value === 'string') return [value];
  const isMap = keyword === 'patternProperties' && typeof value === 'object' && value !== null;
  return isMap ? Object.keys(value) : [];
};

/** Why one value alone exceeds the budget; undefined: it does not. */
const problemAt = ({ keyword, value, depth }: Place): string | undefined => {
  const { depth: deepest, enumItems, patternChars } = SCHEMA_BUDGET;
  if (depth > deepest) return `at most ${deepest} levels are allowed`;
  if (keyword === 'enum' && isList(value) && value.length > enumItems) {
    return `at most ${enumItems} items of an enum are allowed`;
  }
  const tooLong = patternsIn(keyword, value).some((pattern) => pattern.length > patternChars);
  return tooLong ? `at most ${patternChars} characters of a pattern are allowed` : undefined;
};

const inside = ({ value, depth }: Place): Place[] => {
  if (isList(value)) return value.map((item) => ({ keyword: '', value: item, depth: depth + 1 }));
  if (typeof value !== 'object' || value === null) return [];
  return entriesOf(value).map(([keyword, item]) => ({ keyword, value: item, depth: depth + 1 }));
};

/**
 * Why schemas would cost too much to compile, as a text for the author of the schemas; undefined: they do not. Property
 * names that equal a keyword count as the keyword. Patterns are never run here, so only their size counts.
 */
export const schemaBudgetProblem = (schemas: unknown): string | undefined => {
  const counts: Record<Counted, number> = { values: 0, objects: 0, references: 0, branches: 0, patterns: 0 };
  const left: Place[] = [{ keyword: '', value: schemas, depth: 0 }];
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const problem = problemAt(place) ?? countProblem(counts, costOf(place));
    if (problem !== undefined) return problem;
    for (const one of inside(place)) left.push(one);
  }
  return undefined;
};

const COUNTED = ['values', 'objects', 'references', 'branches', 'patterns'] as const;

/** Adds a cost to the counts. Returns the text for the first count above its limit. */
const countProblem = (
  counts: Record<Counted, number>,
  cost: Partial<Record<Counted, number>>,
): string | undefined => {
  for (const what of COUNTED) {
    counts[what] += cost[what] ?? 0;
    if (counts[what] > SCHEMA_BUDGET[what])
      return `at most ${SCHEMA_BUDGET[what]} ${NAMES[what]} are allowed`;
  }
  return undefined;
};
