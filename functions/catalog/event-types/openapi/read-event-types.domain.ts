import { isFields, isList } from '../../../platform/json-values.domain.ts';
import type { Fields } from '../../../platform/json-values.domain.ts';
import { IMPORT_LIMITS } from '../../../platform/limits/schemas.domain.ts';
import { DocumentProblem, fieldOf, followed } from './document.domain.ts';
import type { Document, Found } from './document.domain.ts';
import { toDraft7 } from './draft7.domain.ts';

/** An event type as an OpenAPI document describes it. */
export interface DescribedEventType {
  readonly name: string;
  readonly description: string;
  readonly deprecated: boolean;
  /** The schemas by version as JSON text; null: the webhook has no JSON body. */
  readonly schemas: string | null;
  /** null: the document says nothing about it. */
  readonly featureFlags: readonly string[] | null;
  readonly groupName: string | null;
  /** Where the document describes it. */
  readonly path: readonly string[];
}

export type Described =
  | { readonly kind: 'read'; readonly eventTypes: readonly DescribedEventType[] }
  | { readonly kind: 'problem'; readonly path: readonly string[]; readonly message: string };

/** A named webhook or callback: a path item, which describes one request. */
interface Webhook extends Found {
  readonly name: string;
}

const METHODS = ['post', 'put', 'patch', 'get', 'delete'];

/** The entries of a map. Throws DocumentProblem if it is none. */
const entriesOf = ({ value, path }: Found): readonly Webhook[] => {
  if (!isFields(value)) throw new DocumentProblem(path, 'must be an object');
  return Object.entries(value).map(([name, item]) => ({ name, value: item, path: [...path, name] }));
};

/** The entries of an object of OpenAPI that may have extensions beside them; maps have none. */
const ownEntriesOf = (found: Found): readonly Webhook[] =>
  entriesOf(found).filter(({ name }) => !name.startsWith('x-'));

/** The top-level webhooks: `webhooks` from 3.1 on, `x-webhooks` in 3.0. Undefined: the document has neither. */
const webhooksOf = (document: Document): readonly Webhook[] | undefined => {
  const top: Found = { value: document.root, path: [] };
  const maps = ['webhooks', 'x-webhooks'].flatMap((name) => fieldOf(document, top, name) ?? []);
  return maps.length === 0 ? undefined : maps.flatMap(entriesOf);
};

/** The first request of each callback of an operation: a callback is a map of path items by expression. */
const callbacksIn = (document: Document, operation: Found): readonly Webhook[] => {
  const callbacks = fieldOf(document, operation, 'callbacks');
  return (callbacks === undefined ? [] : entriesOf(callbacks)).flatMap(({ name, ...callback }) => {
    const [first] = ownEntriesOf(followed(document, callback));
    return first === undefined ? [] : [{ ...first, name }];
  });
};

const callbacksOf = (document: Document): readonly Webhook[] => {
  const paths = fieldOf(document, { value: document.root, path: [] }, 'paths');
  return (paths === undefined ? [] : ownEntriesOf(paths)).flatMap((item) => {
    const found = followed(document, item);
    return METHODS.flatMap((method) => {
      const operation = fieldOf(document, found, method);
      return operation === undefined ? [] : callbacksIn(document, operation);
    });
  });
};

const isJson = (mediaType: string): boolean => /^[^;]*[/+]json(?:;|$)/i.test(mediaType.trim());

/** The JSON body of an operation: its media type object. */
const jsonBody = (document: Document, operation: Found): Found | undefined => {
  const body = fieldOf(document, operation, 'requestBody');
  const content = body && fieldOf(document, body, 'content');
  const types = content === undefined ? [] : entriesOf(content);
  const type = types.find(({ name }) => isJson(name)) ?? types.find(({ name }) => name === '*/*');
  return type && followed(document, type);
};

/** The examples of a media type: `example`, or the values of `examples`. */
const bodyExamples = (document: Document, media: Found): readonly unknown[] => {
  const one = fieldOf(document, media, 'example');
  const named = fieldOf(document, media, 'examples');
  const values = (named === undefined ? [] : entriesOf(named)).flatMap(
    (example) => fieldOf(document, followed(document, example), 'value') ?? [],
  );
  return [...(one === undefined ? [] : [one]), ...values].map(({ value }) => value);
};

/** The schema of a body: what a reference leads to, unless there is something beside the reference that counts. */
const bodySchema = (document: Document, media: Found): Found | undefined => {
  const written: unknown = isFields(media.value) ? media.value['schema'] : undefined;
  const isReferenceAlone = !isFields(written) || Object.keys(written).length === 1;
  if (document.isOf30 || isReferenceAlone) return fieldOf(document, media, 'schema');
  return { value: written, path: [...media.path, 'schema'] };
};

const schemasText = (document: Document, operation: Found): string | null => {
  const media = jsonBody(document, operation);
  const schema = media && bodySchema(document, media);
  if (media === undefined || schema === undefined) return null;
  const converted = toDraft7(document, schema);
  const examples = bodyExamples(document, media);
  if (typeof converted === 'boolean' || examples.length === 0) return JSON.stringify({ 1: converted });
  const own = isList(converted['examples']) ? converted['examples'] : [];
  return JSON.stringify({ 1: { ...converted, examples: [...examples, ...own] } });
};

const textIn = (places: readonly Fields[], names: readonly string[]): string => {
  for (const place of places)
    for (const name of names) if (typeof place[name] === 'string') return place[name];
  return '';
};

/** The first of the places that has an extension. */
const extensionIn = (places: readonly Found[], name: string): Found | undefined => {
  const place = places.find(({ value }) => isFields(value) && value[name] != null);
  return place && isFields(place.value)
    ? { value: place.value[name], path: [...place.path, name] }
    : undefined;
};

const flagsIn = (places: readonly Found[]): readonly string[] | null => {
  const found = extensionIn(places, 'x-svix-feature-flags');
  if (found === undefined) return null;
  const flags = isList(found.value) ? found.value : [];
  const texts = flags.filter((flag) => typeof flag === 'string');
  if (!isList(found.value) || texts.length < flags.length)
    throw new DocumentProblem(found.path, 'must be a list of names');
  return [...new Set(texts)];
};

const groupIn = (places: readonly Found[]): string | null => {
  const found = extensionIn(places, 'x-svix-group-name');
  if (found === undefined) return null;
  if (typeof found.value !== 'string') throw new DocumentProblem(found.path, 'must be a name');
  return found.value;
};

const describe = (document: Document, webhook: Webhook): DescribedEventType => {
  const item = followed(document, webhook);
  if (!isFields(item.value))
    throw new DocumentProblem(webhook.path, 'must be a path item: an object with a method');
  const [operation] = METHODS.flatMap((method) => fieldOf(document, item, method) ?? []);
  const places = operation === undefined ? [item] : [operation, item];
  const fields = places.map(({ value }) => value).filter(isFields);
  if (operation !== undefined && operation.value !== null && !isFields(operation.value))
    throw new DocumentProblem(operation.path, 'must be an operation: an object');
  return {
    name: webhook.name,
    description: textIn(fields, ['description', 'summary']),
    deprecated: fields.some(({ deprecated }) => deprecated === true),
    schemas: operation === undefined ? null : schemasText(document, operation),
    featureFlags: flagsIn(places),
    groupName: groupIn(places),
    path: webhook.path,
  };
};

const isSame = (left: DescribedEventType, right: DescribedEventType): boolean =>
  JSON.stringify({ ...left, path: [] }) === JSON.stringify({ ...right, path: [] });

const documentOf = (value: unknown): Document => {
  if (!isFields(value)) throw new DocumentProblem([], 'an OpenAPI document is an object');
  const { openapi: version } = value;
  // YAML reads 3.1 without quotes as a number, and 3.0 as 3.
  const text = typeof version === 'number' ? version.toFixed(1) : version;
  if (typeof text !== 'string' || !text.startsWith('3.'))
    throw new DocumentProblem(['openapi'], 'must be the version of OpenAPI: 3.0 or 3.1');
  return { root: value, isOf30: /^3\.0(?:\.|$)/.test(text) };
};

const readAll = (document: Document): readonly DescribedEventType[] => {
  const webhooks = webhooksOf(document);
  const callbacks = callbacksOf(document);
  if (webhooks === undefined && callbacks.length === 0)
    throw new DocumentProblem([], 'has no `webhooks` (in 3.0 `x-webhooks`) and no callbacks');
  const byName = new Map<string, DescribedEventType>();
  let bytes = 0;
  for (const webhook of [...(webhooks ?? []), ...callbacks]) {
    const described = describe(document, webhook);
    const known = byName.get(webhook.name);
    if (known !== undefined && !isSame(known, described))
      throw new DocumentProblem(
        webhook.path,
        `differs from ${known.path.join('.')}, which has the same name`,
      );
    if (known !== undefined) continue;
    byName.set(webhook.name, described);
    bytes += described.schemas?.length ?? 0;
    if (byName.size > IMPORT_LIMITS.eventTypes)
      throw new DocumentProblem(webhook.path, `at most ${IMPORT_LIMITS.eventTypes} event types are allowed`);
    if (bytes > IMPORT_LIMITS.schemaBytes)
      throw new DocumentProblem(
        webhook.path,
        `at most ${IMPORT_LIMITS.schemaBytes} bytes of schemas are allowed`,
      );
  }
  return [...byName.values()];
};

/**
 * Reads the event types of an OpenAPI document (3.0 and later): its webhooks, and the callbacks of its operations. The key
 * of a webhook is the name of the event type, its JSON body the schema. References to other documents are problems.
 */
export const readEventTypes = (parsed: unknown): Described => {
  try {
    return { kind: 'read', eventTypes: readAll(documentOf(parsed)) };
  } catch (thrown) {
    if (!(thrown instanceof DocumentProblem)) throw thrown;
    return { kind: 'problem', path: thrown.path, message: thrown.message };
  }
};
