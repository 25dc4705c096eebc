import { TOKEN, makeReader } from '../../platform/codec/json-reader.ts';
import type { JsonReader } from '../../platform/codec/json-reader.ts';

/** Reads the value of one field (the last of that name) and skips all others. */
const within = (reader: JsonReader, field: string, read: () => string | undefined): string | undefined => {
  if (reader.token() !== TOKEN.openBrace) return void reader.raw();
  let found: string | undefined;
  reader.object((name) => {
    if (name === field) found = read();
    else reader.raw();
  });
  return found;
};

const item = (reader: JsonReader, position: number): string | undefined => {
  if (reader.token() !== TOKEN.openBracket) return void reader.raw();
  let found: string | undefined;
  reader.array((index) => {
    const text = reader.raw();
    if (index === position) found = text;
  });
  return found;
};

/** The text of one of the examples in version 1 of an event type's schemas, as written; undefined: there is none. */
export const schemaExample = (schemas: string, index: number): string | undefined => {
  const reader = makeReader(schemas);
  return within(reader, '1', () => within(reader, 'examples', () => item(reader, index)));
};
