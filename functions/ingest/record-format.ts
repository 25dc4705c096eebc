import { DecodeError, TOKEN, makeReader } from '../platform/codec/json-reader.ts';

/** The fields of a JSON object, each as its source text, so that payloads keep their bytes. */
export type Fields = ReadonlyMap<string, string>;

/** The record can never be published. The message says why and what to correct. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** A record in the words of MessageIn, whichever form it had. */
export interface ReadRecord {
  /** The fields of MessageIn and `application`: the id or uid, or an application to create. */
  readonly fields: Fields;
  /** The id of the event or notification that the record is; null: it is neither. */
  readonly eventId: string | null;
}

/** The source of events that are in our own form. */
export const EXPLICIT_SOURCE = 'posthorn.publish';

const fieldsOf = (what: string, text: string): Map<string, string> => {
  const fields = new Map<string, string>();
  try {
    const reader = makeReader(text);
    if (reader.token() !== TOKEN.openBrace) throw new UnreadableRecord(`${what} is not a JSON object`);
    reader.object((name) => {
      if (fields.has(name)) throw new UnreadableRecord(`${what} has the field ${name} twice`);
      fields.set(name, reader.raw());
    });
    return fields;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const at = error.path === '' ? '' : ` at ${error.path}`;
    throw new UnreadableRecord(`${what} is not JSON: ${error.message}${at}`);
  }
};

/** The string that a field holds; undefined if it is absent or holds something else. */
export const textIn = (fields: Fields, name: string): string | undefined => {
  const raw = fields.get(name);
  if (raw?.startsWith('"') !== true) return undefined;
  const value: unknown = JSON.parse(raw);
  return typeof value === 'string' ? value : undefined;
};

/** Fields that are absent are filled in; null counts as absent, as in the API. */
const withDefault = (fields: Map<string, string>, name: string, value: string | undefined): void => {
  const raw = fields.get(name);
  if (value !== undefined && (raw === undefined || raw === 'null')) fields.set(name, JSON.stringify(value));
};

const isEvent = (fields: Fields): boolean =>
  ['detail-type', 'source', 'detail'].every((name) => fields.has(name));

/** An event of source `posthorn.publish`, whose detail is a MessageIn with `application`. */
const explicitEvent = (event: Fields): ReadRecord => {
  const source = textIn(event, 'source') ?? '';
  if (source !== EXPLICIT_SOURCE) {
    throw new UnreadableRecord(
      `an event of source "${source}" does not say its application: send it with the source ${EXPLICIT_SOURCE}, or by a rule with an input transformer`,
    );
  }
  const fields = fieldsOf('detail', event.get('detail') ?? '');
  withDefault(fields, 'eventType', textIn(event, 'detail-type'));
  return { fields, eventId: textIn(event, 'id') ?? null };
};

/** `Order Shipped` becomes `order.shipped`. */
const normalized = (detailType: string): string =>
  detailType
    .toLowerCase()
    .replaceAll(/[^a-z0-9\-_.]+/g, '.')
    .replaceAll(/^\.+|\.+$/g, '');

/**
 * An event of any source that a rule adopts: its input transformer puts `application` (and other fields of MessageIn) beside the
 * event. The payload is the event's detail, the event type its detail type.
 */
const adoptedEvent = (record: Map<string, string>, event: Fields): ReadRecord => {
  if (!isEvent(event))
    throw new UnreadableRecord('event is not an EventBridge event: it needs detail-type, source and detail');
  const detailType = textIn(event, 'detail-type');
  const isNormalized = record.get('normalizeDetailType') === 'true';
  for (const name of ['event', 'normalizeDetailType']) record.delete(name);
  withDefault(record, 'eventType', isNormalized ? normalized(detailType ?? '') : detailType);
  if (!record.has('payload') && !record.has('payloadRaw'))
    record.set('payload', event.get('detail') ?? 'null');
  return { fields: record, eventId: textIn(event, 'id') ?? null };
};

/** SNS without raw message delivery. Its message id, unlike that of the queue, is the same if SNS delivers it twice. */
const notification = (fields: Fields): ReadRecord => {
  const text = textIn(fields, 'Message');
  const type = textIn(fields, 'Type') ?? '';
  if (type !== 'Notification' || text === undefined) {
    throw new UnreadableRecord(
      `an SNS message of type "${type}" is nothing to publish; a subscription of another account is confirmed by its SubscribeURL`,
    );
  }
  const { fields: message, eventId } = plain('the Message of the SNS notification', text);
  return { fields: message, eventId: eventId ?? textIn(fields, 'MessageId') ?? null };
};

const plain = (what: string, text: string): ReadRecord => {
  const fields = fieldsOf(what, text);
  if (isEvent(fields)) return explicitEvent(fields);
  if (fields.has('event')) return adoptedEvent(fields, fieldsOf('event', fields.get('event') ?? ''));
  return { fields, eventId: null };
};

const isOfSns = (fields: Fields): boolean =>
  ['Type', 'TopicArn', 'MessageId'].every((name) => fields.has(name));

/** Reads a record of any form. Throws UnreadableRecord. */
export const readRecord = (body: string): ReadRecord => {
  const fields = fieldsOf('the body', body);
  return isOfSns(fields) ? notification(fields) : plain('the body', body);
};

/**
 * `payloadRaw` is the body that receivers get, byte for byte. In MessageIn it is `rawPayload` of transformationsParams.
 */
const withoutPayloadRaw = (fields: Fields): Fields => {
  const message = new Map(fields);
  const payloadRaw = fields.get('payloadRaw') ?? 'null';
  message.delete('payloadRaw');
  if (payloadRaw === 'null') return message;
  if (!payloadRaw.startsWith('"')) throw new UnreadableRecord('payloadRaw is not a string');
  if (['payload', 'data'].some((name) => (fields.get(name) ?? 'null') !== 'null'))
    throw new UnreadableRecord('payload and payloadRaw exclude each other');
  const params = fields.get('transformationsParams') ?? 'null';
  const others = params === 'null' ? new Map<string, string>() : fieldsOf('transformationsParams', params);
  if (others.has('rawPayload'))
    throw new UnreadableRecord('payloadRaw and transformationsParams.rawPayload exclude each other');
  message.delete('data');
  message.set('payload', '{}');
  message.set('transformationsParams', jsonOf(new Map([...others, ['rawPayload', payloadRaw]])));
  return message;
};

const jsonOf = (fields: Fields): string =>
  `{${[...fields].map(([name, raw]) => `${JSON.stringify(name)}:${raw}`).join(',')}}`;

/** What a record asks for: the application that it names, null where it describes one, and the text of a MessageIn. */
export interface RecordedMessage {
  readonly application: string | null;
  readonly message: string;
}

/** The message of a record. `eventId`: where the record has none of its own. Throws UnreadableRecord. */
export const recordedMessage = ({ fields }: ReadRecord, eventId: string): RecordedMessage => {
  const message = new Map(withoutPayloadRaw(fields));
  withDefault(message, 'eventId', eventId);
  const application = textIn(message, 'application');
  if (application !== undefined) message.delete('application');
  else if (message.get('application')?.startsWith('{') !== true) {
    throw new UnreadableRecord(
      'the record has no application: its id or uid, or an object to create it from',
    );
  }
  return { application: application ?? null, message: jsonOf(message) };
};
