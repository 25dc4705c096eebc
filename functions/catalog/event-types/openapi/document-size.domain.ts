import { isFields, isList } from '../../../platform/json-values.domain.ts';
import { IMPORT_LIMITS } from '../../../platform/limits/schemas.domain.ts';

interface Place {
  readonly value: unknown;
  readonly depth: number;
}

const inside = ({ value, depth }: Place): readonly Place[] => {
  if (isList(value)) return value.map((item) => ({ value: item, depth: depth + 1 }));
  return isFields(value) ? Object.values(value).map((item) => ({ value: item, depth: depth + 1 })) : [];
};

/**
 * Why a parsed document is too large, counted as it would be written out: anchors of YAML share one object in many places, or
 * an object with itself. Undefined: it is not.
 */
export const documentSizeProblem = (document: unknown): string | undefined => {
  const left: Place[] = [{ value: document, depth: 0 }];
  let values = 0;
  let characters = 0;
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    values += 1;
    if (typeof place.value === 'string') characters += place.value.length;
    if (values > IMPORT_LIMITS.values || characters > IMPORT_LIMITS.characters)
      return 'is too large with its anchors written out';
    if (place.depth > IMPORT_LIMITS.depth) return `is nested more than ${IMPORT_LIMITS.depth} levels deep`;
    for (const next of inside(place)) left.push(next);
  }
  return undefined;
};
