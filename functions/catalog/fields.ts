import * as z from 'zod';

/** Whose token sends a body: an organization's, or an application's, as portals do. */
export type Sender = 'organization' | 'application';

/**
 * The fields of an object that clients write are described once, in a table: the object's type, its rows, the bodies and
 * answers of the API and its OpenAPI document derive from it, so a new field is one entry. An entry may replace a part that
 * differs: `shown` then decodes the stored value to that of answers.
 */
interface Definition<Value> {
  /** The value in answers, and in rows. It is only checked for its type, so that rules can become stricter. */
  readonly type: () => z.ZodType<Value>;
  /** The value in rows, if it has another form there. */
  readonly stored?: () => z.ZodType<Value>;
}

interface Accepted<Value> {
  /** The values that clients may write. */
  readonly accepted: (sender: Sender) => z.ZodType<Value>;
}

interface Default<Value> {
  /** Where a body that replaces the object leaves the field out, and in rows that are older than the field. */
  readonly byDefault: NoInfer<z.core.util.NoUndefined<Value>>;
}

/** A field that a body must have. */
export const requiredField = <Value>({
  type,
  stored = type,
  accepted,
}: Definition<Value> & Accepted<Value>) => ({
  shown: type,
  stored,
  replacement: accepted,
  patch: (sender: Sender) => z.exactOptional(accepted(sender)),
});

/** A field with a default. */
export const field = <Value>({
  type,
  stored = type,
  accepted,
  byDefault,
}: Definition<Value> & Accepted<Value> & Default<Value>) => ({
  shown: type,
  stored: () => stored().default(byDefault),
  replacement: (sender: Sender) => accepted(sender).default(byDefault),
  patch: (sender: Sender) => z.exactOptional(accepted(sender)),
});

/** A field with a default, to which null resets it. */
export const resettableField = <Value>({
  type,
  stored = type,
  accepted,
  byDefault,
}: Definition<Value> & Accepted<NonNullable<Value> | null> & Default<Value>) => ({
  shown: type,
  stored: () => stored().default(byDefault),
  replacement: (sender: Sender) =>
    accepted(sender)
      .nullish()
      .transform((value): Value => value ?? byDefault),
  patch: (sender: Sender) =>
    z.exactOptional(
      accepted(sender)
        .nullable()
        .transform((value): Value => value ?? byDefault),
    ),
});

/** A field without a value (null) until a client writes one. */
export const optionalField = <Value>({
  type,
  accepted,
}: Pick<Definition<Value>, 'type'> & Accepted<NonNullable<Value> | null>) =>
  resettableField<Value | null>({ type: () => type().nullable(), accepted, byDefault: null });

/** Maps are stored as JSON text, because DynamoDB rejects empty names and does not keep the order. */
export const textMap = () =>
  z
    .codec(z.string(), z.unknown(), {
      decode: (text): unknown => JSON.parse(text),
      encode: (map) => JSON.stringify(map),
    })
    .pipe(z.record(z.string(), z.string()));

type Part = 'shown' | 'stored' | 'replacement' | 'patch';
export type Table = Readonly<Record<string, Readonly<Record<Part, (sender: Sender) => z.ZodType>>>>;

export type FieldsIn<Of extends Table> = {
  readonly [Name in keyof Of]: Readonly<z.output<ReturnType<Of[Name]['stored']>>>;
};

/** One part of all fields by their names, for a schema of rows, bodies or answers. */
export function eachField<Of extends Table, P extends Part>(
  table: Of,
  part: P,
  sender?: Sender,
): { readonly [Name in keyof Of]: ReturnType<Of[Name][P]> };
export function eachField(table: Table, part: Part, sender: Sender = 'organization') {
  return Object.fromEntries(Object.entries(table).map(([name, one]) => [name, one[part](sender)]));
}

/** The fields of a table, without the others of the object. */
export function pickFields<Of extends Table>(table: Of, object: FieldsIn<Of>): FieldsIn<Of>;
export function pickFields(table: Table, object: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.keys(table).map((name) => [name, object[name]]));
}
