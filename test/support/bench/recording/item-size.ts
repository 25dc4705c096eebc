import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as the DynamoDB API writes it. */
export type Item = Readonly<Record<string, AttributeValue>>;

const utf8 = (text: string): number => Buffer.byteLength(text);

/** A byte for two significant digits and one more; leading and trailing zeros do not count; a sign is a byte. */
const numberBytes = (text: string): number => {
  const [mantissa = ''] = text.toLowerCase().split('e');
  const digits = mantissa.replaceAll(/[-+.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
};

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

const valueBytes = (value: AttributeValue): number => {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return sum(value.SS.map(utf8));
  if (value.NS !== undefined) return sum(value.NS.map(numberBytes));
  if (value.BS !== undefined) return sum(value.BS.map((one) => one.byteLength));
  // Lists and maps: three bytes, and one more for each element.
  if (value.L !== undefined) return 3 + sum(value.L.map((one) => 1 + valueBytes(one)));
  if (value.M !== undefined)
    return 3 + sum(Object.entries(value.M).map(([name, one]) => 1 + utf8(name) + valueBytes(one)));
  return 1;
};

/**
 * Bytes of an item as DynamoDB counts them for capacity: names and values (Developer Guide, "DynamoDB item sizes and
 * formats", read 2026-11-30).
 */
export const itemBytes = (item: Item): number =>
  sum(Object.entries(item).map(([name, value]) => utf8(name) + valueBytes(value)));
