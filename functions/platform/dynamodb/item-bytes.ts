/** The most bytes that DynamoDB counts for a number. */
const NUMBER_BYTES = 21;
/** Of a list or map, and of each of its elements. */
const NESTED_BYTES = 3;
const ELEMENT_BYTES = 1;

const valueBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return NUMBER_BYTES;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return items.reduce<number>((sum, item) => sum + ELEMENT_BYTES + valueBytes(item), NESTED_BYTES);
  }
  if (typeof value === 'object' && value !== null) {
    const fields: [string, unknown][] = Object.entries(value);
    return fields.reduce((sum, field) => sum + ELEMENT_BYTES + attributeBytes(field), NESTED_BYTES);
  }
  return 1;
};

/** Attributes that are undefined are not stored. */
const attributeBytes = ([name, value]: readonly [string, unknown]): number =>
  value === undefined ? 0 : Buffer.byteLength(name) + valueBytes(value);

/** At least the bytes that DynamoDB counts for an item (Developer Guide, "DynamoDB Item sizes and formats"). */
export const itemBytes = (item: Readonly<Record<string, unknown>>): number =>
  Object.entries(item).reduce((sum, attribute) => sum + attributeBytes(attribute), 0);

const WRITE_UNIT_BYTES = 1_024;

/** The bytes that an item can still get without costing another write unit. */
export const roomInWriteUnits = (item: Readonly<Record<string, unknown>>): number => {
  const bytes = itemBytes(item);
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * WRITE_UNIT_BYTES - bytes;
};
