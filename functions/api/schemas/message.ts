import { isFields } from '../../platform/json-values.domain.ts';
import * as z from 'zod';
import type { Message } from '../../messages/message.domain.ts';
import type { MessageContent } from '../../publish/messages.port.ts';
import { MOST_MESSAGE_CHANNELS, MOST_MESSAGE_TAGS } from '../../platform/limits/requests.domain.ts';
import { LONGEST_DELAY, PAYLOAD_RETENTION_DAYS } from '../../platform/limits/retention.domain.ts';
import { dateTime, name, nameSet, tag, uid } from '../../platform/wire/fields.ts';
import { RawJson, instant } from '../wire/json.ts';
import { memoize } from '../memoize.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { applicationIn } from './application.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

const HOURS_A_DAY = 24;

/** The payload, whose JSON text receivers get unchanged. */
export const payload = () =>
  z
    .custom<RawJson>(
      (value) => value instanceof RawJson && value.text.startsWith('{'),
      'Payload must be an object.',
    )
    .meta({ override: { type: 'object' }, examples: [{ email: 'test@example.com', username: 'test_user' }] })
    .register(wireRules, { raw: true });

/**
 * Any object, as in the contract. Its `rawPayload` (a string) replaces the body that receivers get, and a `content-type`
 * in its `headers` the content type.
 */
const transformationsParams = () =>
  z
    .custom<RawJson>(
      (value) => value instanceof RawJson && value.text.startsWith('{'),
      'transformationsParams must be an object.',
    )
    .meta({
      override: { type: 'object' },
      description: '`rawPayload` replaces the body that receivers get, `content-type` in `headers` its type',
    })
    .register(wireRules, { raw: true });

/** A header value (RFC 9110, section 5.5) in ASCII, because receivers decode other bytes differently. */
const SENDABLE = /^[!-~](?:[ -~\t]{0,254}[!-~])?$/;

const rawContent = (
  params: string,
): { readonly body: string | null; readonly contentType: string | null } => {
  const parsed: unknown = JSON.parse(params);
  if (!isFields(parsed) || typeof parsed['rawPayload'] !== 'string') return { body: null, contentType: null };
  const headers = isFields(parsed['headers']) ? Object.entries(parsed['headers']) : [];
  const found = headers.find(([header]) => header.toLowerCase() === 'content-type')?.[1];
  const contentType = typeof found === 'string' && found.trim() !== '' ? found.trim() : null;
  return { body: parsed['rawPayload'], contentType };
};

export const messageIn = memoize(() =>
  z
    .object({
      application: applicationIn().nullish().meta({
        description: 'Created alongside the message if the application in the path does not exist.',
      }),
      eventId: uid('msg_', 'unique-msg-identifier').nullish(),
      eventType: name(),
      payload: payload().register(wireRules, { raw: true, alias: 'data' }),
      channels: nameSet('channels', name('project_1337'), { most: MOST_MESSAGE_CHANNELS }).nullish(),
      payloadRetentionPeriod: z
        .int()
        .min(PAYLOAD_RETENTION_DAYS.least)
        .max(PAYLOAD_RETENTION_DAYS.most)
        .nullish()
        .meta({ description: 'Days that the payload is kept; by default those of the organization' }),
      payloadRetentionHours: z
        .int()
        .min(1)
        .max(PAYLOAD_RETENTION_DAYS.most * HOURS_A_DAY)
        .nullish()
        .meta({ description: 'Hours that the payload is kept, instead of payloadRetentionPeriod' }),
      deliverAt: dateTime()
        .nullish()
        .meta({ description: `One minute to ${LONGEST_DELAY} ahead` }),
      tags: nameSet('tags', tag(), { least: 0, most: MOST_MESSAGE_TAGS })
        .nullish()
        .meta({ description: 'Tags by which lists can be filtered' }),
      transformationsParams: transformationsParams().nullish(),
    })
    .superRefine(({ transformationsParams: params }, context) => {
      const { body, contentType } = rawContent(params?.text ?? '{}');
      const addError = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['transformationsParams', field], message });
      if (body?.isWellFormed() === false) addError('rawPayload', 'lone surrogate in a string');
      if (contentType !== null && !SENDABLE.test(contentType))
        addError('headers', 'Content type is not valid.');
    })
    .superRefine(({ payloadRetentionPeriod, payloadRetentionHours }, context) => {
      if (payloadRetentionPeriod == null || payloadRetentionHours == null) return;
      const message = 'payloadRetentionPeriod and payloadRetentionHours exclude each other';
      context.addIssue({ code: 'custom', path: ['payloadRetentionHours'], message });
    })
    .meta({ id: 'MessageIn' }),
);

/** The body that receivers get, byte for byte, and its content type (null: JSON). */
const bodyOf = ({
  payload: { text },
  transformationsParams: params,
}: ValueOf<typeof messageIn>): {
  readonly body: Uint8Array;
  readonly contentType: string | null;
} => {
  const raw = params == null ? null : rawContent(params.text);
  return { body: Buffer.from(raw?.body ?? text), contentType: raw?.contentType ?? null };
};

const retentionHours = (body: ValueOf<typeof messageIn>): number | null => {
  if (body.payloadRetentionPeriod != null) return body.payloadRetentionPeriod * HOURS_A_DAY;
  return body.payloadRetentionHours ?? null;
};

/** The message of a body. `deliverAt` (ms since 1970): that of the body, as its caller allows it. */
export const contentOf = (body: ValueOf<typeof messageIn>, deliverAt: number | null): MessageContent => ({
  eventType: body.eventType,
  eventId: body.eventId ?? null,
  channels: body.channels ?? null,
  tags: body.tags ?? null,
  ...bodyOf(body),
  retentionHours: retentionHours(body),
  deliverAt,
  onlyEndpoint: null,
});

export const messageOut = component('MessageOut', () => ({
  id: z.string().meta({ examples: ['msg_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
  eventId: z.string().nullable(),
  eventType: z.string(),
  payload: z.custom<RawJson>().meta({ override: { type: 'object' } }),
  channels: z.array(z.string()).readonly().nullable(),
  tags: z.array(z.string()).readonly().optional(),
  deliverAt: z.string().meta({ format: 'date-time' }).optional(),
  canceledAt: z
    .string()
    .optional()
    .meta({ format: 'date-time', description: 'When it was canceled before its deliverAt' }),
  timestamp: z.string().meta({ format: 'date-time' }),
}));

type Printable = Pick<
  Message,
  'id' | 'eventId' | 'eventType' | 'channels' | 'tags' | 'deliverAt' | 'createdAt' | 'canceledAt'
>;

export const printMessage = (message: Printable, content: RawJson): ValueOf<typeof messageOut> => ({
  eventId: message.eventId,
  eventType: message.eventType,
  payload: content,
  channels: message.channels,
  tags: message.tags === null || message.tags.length === 0 ? undefined : message.tags,
  deliverAt: message.deliverAt === null ? undefined : instant(message.deliverAt),
  canceledAt: message.canceledAt === undefined ? undefined : instant(message.canceledAt),
  id: message.id,
  timestamp: instant(message.createdAt),
});
