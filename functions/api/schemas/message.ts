import * as z from 'zod';
import type { Message } from '../../messages/message.domain.ts';
import { BODY_BYTES, MOST_MESSAGE_CHANNELS } from '../../platform/limits/requests.domain.ts';
import { LONGEST_PAYLOAD_RETENTION_DAYS } from '../../platform/limits/retention.domain.ts';
import { dateTime, name, nameSet, uid } from '../wire/fields.ts';
import { RawJson, instant } from '../wire/json.ts';
import { lazily } from '../lazily.ts';
import { wireRules } from '../wire/wire-rules.ts';
import { applicationIn } from './application.ts';

const RETENTION_DAYS = { least: 5, most: LONGEST_PAYLOAD_RETENTION_DAYS };
const HOURS_A_DAY = 24;
const OUT_OF_RANGE = 'Validation error';

/** Kept as it was written: its text is what receivers get. */
const payload = () =>
  z
    .custom<RawJson>(
      (value) => value instanceof RawJson && value.text.startsWith('{'),
      'Payload must be an object.',
    )
    .meta({ override: { type: 'object' }, examples: [{ email: 'test@example.com', username: 'test_user' }] })
    .register(wireRules, { raw: true, alias: 'data' });

export const messageIn = lazily(() =>
  z
    .object({
      application: applicationIn().nullish().meta({
        description: 'Created alongside the message where the application of the path does not exist.',
      }),
      eventId: uid('msg_', 'unique-msg-identifier').nullish(),
      eventType: name(),
      payload: payload(),
      channels: nameSet('channels', name('project_1337'), MOST_MESSAGE_CHANNELS).nullish(),
      payloadRetentionPeriod: z
        .int()
        .min(RETENTION_DAYS.least, OUT_OF_RANGE)
        .max(RETENTION_DAYS.most, OUT_OF_RANGE)
        .optional()
        .meta({ description: 'Days that the payload is kept; the organization has its own default' }),
      payloadRetentionHours: z
        .int()
        .min(1, OUT_OF_RANGE)
        .max(RETENTION_DAYS.most * HOURS_A_DAY, OUT_OF_RANGE)
        .nullish()
        .meta({ description: 'Hours that the payload is kept, instead of payloadRetentionPeriod' }),
      deliverAt: dateTime().nullish().meta({ description: 'One minute to 24 hours ahead' }),
      transformationsParams: z
        .object({ rawPayload: z.string().meta({ maxLength: BODY_BYTES }).nullish() })
        .nullish()
        .meta({ description: '`rawPayload` replaces the body that receivers get' }),
    })
    .superRefine(({ payloadRetentionPeriod, payloadRetentionHours }, context) => {
      if (payloadRetentionPeriod === undefined || typeof payloadRetentionHours !== 'number') return;
      const message = 'payloadRetentionPeriod and payloadRetentionHours exclude each other';
      context.addIssue({ code: 'custom', path: ['payloadRetentionHours'], message });
    })
    .meta({ id: 'MessageIn' }),
);

export const retentionHours = (body: z.output<ReturnType<typeof messageIn>>): number | null => {
  if (body.payloadRetentionPeriod !== undefined) return body.payloadRetentionPeriod * HOURS_A_DAY;
  return body.payloadRetentionHours ?? null;
};

export const messageOut = lazily(() =>
  z
    .object({
      id: z.string().meta({ examples: ['msg_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
      eventId: z.string().nullable(),
      eventType: z.string(),
      payload: z.custom<RawJson>().meta({ override: { type: 'object' } }),
      channels: z.array(z.string()).readonly().nullable(),
      timestamp: z.string().meta({ format: 'date-time' }),
    })
    .meta({ id: 'MessageOut' }),
);

type Printable = Pick<Message, 'id' | 'eventId' | 'eventType' | 'channels' | 'createdAt'>;

export const printMessage = (
  message: Printable,
  content: RawJson,
): z.output<ReturnType<typeof messageOut>> => ({
  eventId: message.eventId,
  eventType: message.eventType,
  payload: content,
  channels: message.channels,
  id: message.id,
  timestamp: instant(message.createdAt),
});
