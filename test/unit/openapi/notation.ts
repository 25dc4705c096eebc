/** OpenAPI schemas in the short notation of `contract.ts`, and how two of them differ. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

export const nameOf = ($ref: string): string => $ref.slice($ref.lastIndexOf('/') + 1);

export interface Field {
  readonly required: boolean;
  /** `string`, `null`, `list of string`, or the name of a schema. */
  readonly types: readonly string[];
}
export type Fields = ReadonlyMap<string, Field>;

const together = (types: readonly string[]): string =>
  types.length === 1 ? types[0]! : `(${types.join('|')})`;

const objectType = ({ properties, additionalProperties: values }: Schema): string =>
  properties === undefined && typeof values === 'object' && Object.keys(values).length > 0
    ? `map of ${together(typesOf(values))}`
    : 'object';

const typesOf = (schema: Schema): readonly string[] => {
  const { $ref, anyOf, type = 'any', items = {} } = schema;
  if ($ref !== undefined) return [nameOf($ref)];
  if (anyOf !== undefined) return anyOf.flatMap(typesOf);
  if (typeof type !== 'string') return type.flatMap((one) => typesOf({ ...schema, type: one }));
  if (type === 'array') return [`list of ${together(typesOf(items))}`];
  return [type === 'object' ? objectType(schema) : type];
};

export const fieldsOf = ({ properties = {}, required = [] }: Schema): Fields =>
  new Map(
    Object.entries(properties).map(([name, schema]) => [
      name,
      { required: required.includes(name), types: typesOf(schema) },
    ]),
  );

/** Reads `name: string, uid?: string|null`. */
export const readFields = (notation: string): Fields =>
  new Map(
    notation
      .split(', ')
      .filter((field) => field !== '')
      .map((field) => {
        const [name = '', types = ''] = field.split(': ');
        const optional = name.endsWith('?');
        // A `|` within parentheses belongs to the element type.
        return [
          optional ? name.slice(0, -1) : name,
          { required: !optional, types: types.split(/\|(?![^(]*\))/) },
        ];
      }),
  );

const covers = (wide: Field, narrow: Field): boolean =>
  narrow.types.every((type) => wide.types.includes(type));

/** Why clients of the contract could not read our answer. */
export const answerProblems = (contract: Fields, ours: Fields): readonly string[] =>
  [...contract].flatMap(([name, expected]) => {
    const given = ours.get(name);
    if (given === undefined) return [`${name} is missing`];
    if (expected.required && !given.required) return [`${name} may be missing`];
    return covers(expected, given) ? [] : [`${name} is ${given.types.join('|')}`];
  });

/** Why our API could refuse a body that the contract allows. */
export const bodyProblems = (contract: Fields, ours: Fields): readonly string[] => {
  const unknown = [...ours].filter(([name, { required }]) => required && !contract.get(name)?.required);
  const narrow = [...contract].flatMap(([name, allowed]) => {
    const accepted = ours.get(name);
    if (accepted === undefined) return [`${name} is not known`];
    return covers(accepted, allowed) ? [] : [`${name} must be ${accepted.types.join('|')}`];
  });
  return [...unknown.map(([name]) => `${name} is required`), ...narrow];
};
