import { isFields, isList } from '../../../platform/json-values.domain.ts';
import type { Fields } from '../../../platform/json-values.domain.ts';

const MERGE = '<<';

/** The objects from which a merge key takes entries, the one that counts first; none: it is an ordinary key. */
const sourcesOf = (merge: unknown): readonly Fields[] => {
  const sources = isList(merge) ? merge : [merge];
  return sources.every(isFields) ? sources : [];
};

/**
 * Carries out the merge keys (`<<: *anchor`) of a YAML document: the entries of the named objects, unless the object has
 * entries of these names itself. YAML 1.2 does not know them, but many tools do, and without them entries would be missing.
 */
export const withMerged = (value: unknown): unknown => {
  if (isList(value)) return value.map(withMerged);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).map(([name, one]): [string, unknown] => [name, withMerged(one)]);
  const sources = sourcesOf(Object.fromEntries(entries)[MERGE]);
  if (sources.length === 0) return Object.fromEntries(entries);
  const taken = sources.toReversed().flatMap((source) => Object.entries(source));
  return Object.fromEntries([...taken, ...entries.filter(([name]) => name !== MERGE)]);
};
