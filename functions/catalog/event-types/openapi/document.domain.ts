import { isFields, isList } from '../../../platform/json-values.domain.ts';
import type { Fields } from '../../../platform/json-values.domain.ts';
import { IMPORT_LIMITS } from '../../../platform/limits/schemas.domain.ts';

/** What is wrong with a document, and where. Caught by `readEventTypes`. */
export class DocumentProblem extends Error {
  override readonly name = 'DocumentProblem';
  readonly path: readonly string[];
  constructor(path: readonly string[], message: string) {
    super(message);
    this.path = path;
  }
}

/** An OpenAPI document, parsed. */
export interface Document {
  readonly root: Fields;
  /** 3.0 has JSON Schemas of its own kind; from 3.1 on they are those of draft 2020-12. */
  readonly isOf30: boolean;
}

/** A value of a document, and where it is. */
export interface Found {
  readonly value: unknown;
  readonly path: readonly string[];
}

const decoded = (token: string, path: readonly string[]): string => {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    throw new DocumentProblem(path, `$ref has an invalid escape: ${token}`);
  }
};

/** The tokens of a local JSON pointer (`#/components/schemas/A`). Throws DocumentProblem for other references. */
export const pointerTokens = (reference: string, path: readonly string[]): readonly string[] => {
  if (reference === '#') return [];
  if (!reference.startsWith('#'))
    throw new DocumentProblem(
      path,
      `$ref leads to another document (${reference.slice(0, 200)}): bundle the specification into one file first`,
    );
  if (!reference.startsWith('#/'))
    throw new DocumentProblem(path, `$ref must be a path such as #/components/schemas/Name`);
  return reference
    .slice(2)
    .split('/')
    .map((token) => decoded(token, path));
};

/** The value at a pointer. Throws DocumentProblem where there is none. */
export const valueAt = ({ root }: Document, tokens: readonly string[], path: readonly string[]): unknown => {
  let value: unknown = root;
  for (const token of tokens) {
    const next: unknown =
      (isFields(value) || isList(value)) && Object.hasOwn(value, token)
        ? Reflect.get(value, token)
        : undefined;
    if (next === undefined)
      throw new DocumentProblem(path, `$ref leads to nothing: #/${tokens.join('/').slice(0, 200)}`);
    value = next;
  }
  return value;
};

/** Follows references until a value is none. Throws DocumentProblem for references in a circle. */
export const followed = (document: Document, { value, path }: Found): Found => {
  let found: Found = { value, path };
  for (let count = 0; count <= IMPORT_LIMITS.referencesInARow; count += 1) {
    if (!isFields(found.value) || typeof found.value['$ref'] !== 'string') return found;
    const tokens = pointerTokens(found.value['$ref'], found.path);
    found = { value: valueAt(document, tokens, found.path), path: tokens };
  }
  throw new DocumentProblem(path, '$ref leads back to itself');
};

/** A field of an object, with references followed; undefined where there is none. */
export const fieldOf = (document: Document, { value, path }: Found, name: string): Found | undefined => {
  const field: unknown = isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return field === undefined ? undefined : followed(document, { value: field, path: [...path, name] });
};
