import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** An item in DynamoDB's JSON, where bytes are text in base64. */
export type WireItem = Readonly<Record<string, unknown>>;

type Item = Record<string, NativeAttributeValue>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** An attribute value with its bytes in base64. */
export const wireValue = (value: AttributeValue): object => {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(wireValue) };
  return value.M === undefined ? value : { M: wireValues(value.M) };
};

const wireValues = (values: Readonly<Record<string, AttributeValue>>): WireItem =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, wireValue(value)]));

/** Undefined values are not stored. */
export const toWire = (item: object): WireItem => wireValues(marshall(item, { removeUndefinedValues: true }));

const bytes = (text: unknown): unknown => {
  if (typeof text !== 'string') return text;
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'base64');
  return new Uint8Array(buffer, byteOffset, byteLength);
};

/** Puts bytes in place of base64. */
const restoreBytes = (value: unknown): void => {
  if (!isRecord(value)) return;
  const { B, BS, L, M } = value;
  if (B !== undefined) value['B'] = bytes(B);
  else if (Array.isArray(BS)) value['BS'] = BS.map(bytes);
  else if (Array.isArray(L)) L.forEach(restoreBytes);
  else if (isRecord(M)) Object.values(M).forEach(restoreBytes);
};

const isItem = (value: unknown): value is Record<string, AttributeValue> => isRecord(value);

/** The plain values of an item in DynamoDB's JSON; undefined for none. */
export const fromWire = (item: unknown): Item | undefined => {
  if (!isItem(item)) return undefined;
  Object.values(item).forEach(restoreBytes);
  return unmarshall(item);
};
