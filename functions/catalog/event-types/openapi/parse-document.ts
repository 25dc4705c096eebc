import { OUT_OF_TIME, runWithin } from '../../../platform/concurrency/run-within.ts';
import { documentSizeProblem } from './document-size.domain.ts';
import { withMerged } from './merge-keys.domain.ts';
import { IMPORT_LIMITS } from '../../../platform/limits/schemas.domain.ts';

export type Parsed =
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'problem'; readonly message: string };

/** Uses of anchors within one another: a few lines can refer to each other until memory is full. */
const MOST_ALIASES = 1_000;
const MESSAGE_CHARS = 300;

const problem = (message: string): Parsed => ({ kind: 'problem', message: message.slice(0, MESSAGE_CHARS) });

const withinSize = (parsed: Extract<Parsed, { kind: 'parsed' }>): Parsed => {
  const tooLarge = documentSizeProblem(parsed.value);
  return tooLarge === undefined ? parsed : problem(tooLarge);
};

const parseJson = (text: string): Extract<Parsed, { kind: 'parsed' }> | undefined => {
  try {
    return { kind: 'parsed', value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** Parses the text of an OpenAPI document, JSON or YAML 1.2. */
export const parseDocument = async (text: string): Promise<Parsed> => {
  const json = parseJson(text);
  if (json !== undefined) return withinSize(json);
  // Loaded on use, because few requests need it (docs/decisions/0016).
  const yaml = await import('./yaml.ts');
  const read = (): Parsed => {
    try {
      // At any other level several documents in one text are no error, and all but the first would be ignored.
      const document = yaml.parseDocument(text, { logLevel: 'error' });
      const [error] = document.errors;
      if (error !== undefined) return problem(`is neither JSON nor YAML: ${error.message}`);
      const parsed = withinSize({ kind: 'parsed', value: document.toJS({ maxAliasCount: MOST_ALIASES }) });
      // The merged document is no larger than the one with its anchors written out, whose size was checked.
      return parsed.kind === 'parsed' ? { kind: 'parsed', value: withMerged(parsed.value) } : parsed;
    } catch (thrown) {
      return problem(`cannot be read: ${thrown instanceof Error ? thrown.message : 'not YAML'}`);
    }
  };
  const parsed = runWithin(IMPORT_LIMITS.parseMs, read);
  return parsed === OUT_OF_TIME ? problem('takes too long to parse: send it as JSON') : parsed;
};
