import * as z from 'zod';
import { MOST_ENDPOINT_CHANNELS, URL_BYTES } from '../../platform/limits/requests.domain.ts';
import { freeText, metadata, name, nameSet, positive16, uid } from '../../platform/wire/fields.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { field, optionalField, requiredField, resettableField, textMap } from '../fields.ts';
import type { FieldsIn, Sender } from '../fields.ts';
import { normalizeUrl } from './endpoint-url.domain.ts';

const INVALID_URL = 'invalid URL, expected an absolute one such as https://example.com/webhooks';

const isWebUrl = (text: string) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');

/** A URL, stored as WHATWG normalizes it: host in lower case, a path of at least `/`. */
const url = () =>
  z
    .string()
    .superRefine((text, context) => {
      if (!isWebUrl(text)) context.addIssue('Endpoint URL schemes must be http or https');
      const stored = URL.parse(text)?.href ?? text; // percent-encoding makes it up to nine times as long
      if (Buffer.byteLength(stored) > URL_BYTES)
        context.addIssue(`Endpoint URLs have at most ${URL_BYTES} bytes, percent-encoded`);
    })
    .meta({ format: 'uri', maxLength: URL_BYTES })
    .register(wireRules, {
      refuse: (text) => (typeof text === 'string' && !URL.canParse(text) ? INVALID_URL : undefined),
    })
    .transform(normalizeUrl);

const names = () => z.array(z.string()).readonly();

/** Portals send an empty list while their user has selected no event type: it means all of them. */
const eventTypes = (sender: Sender) =>
  nameSet('eventTypes', name(), { least: sender === 'application' ? 0 : 1 })
    .meta({ description: 'Omit for all' })
    .transform((all): readonly string[] | null => (all.length === 0 ? null : all));

const version = () => positive16({ description: 'Ignored, but kept for old clients', deprecated: true });

/** The fields of an endpoint, besides its secret and headers, which have routes of their own. */
export const ENDPOINT_FIELDS = {
  description: field({ type: z.string, accepted: () => freeText(), byDefault: '' }),
  throttleRate: optionalField({
    type: z.int,
    accepted: () => positive16({ description: 'Maximum messages per second to send to this endpoint.' }),
  }),
  uid: optionalField({ type: z.string, accepted: () => uid('ep_', 'unique-ep-identifier') }),
  url: requiredField({ type: z.string, accepted: url }),
  version: {
    ...resettableField({
      type: () => z.int().meta({ deprecated: true }),
      accepted: version,
      byDefault: 1,
    }),
    patch: () => z.exactOptional(version()),
  },
  disabled: field({ type: z.boolean, accepted: z.boolean, byDefault: false }),
  /** null: every event type; otherwise at least one. */
  eventTypes: optionalField({ type: names, accepted: eventTypes }),
  channels: optionalField({
    type: names,
    accepted: () => nameSet('channels', name('project_1337'), { most: MOST_ENDPOINT_CHANNELS }),
  }),
  metadata: resettableField({
    type: () => z.record(z.string(), z.string()),
    stored: textMap,
    accepted: metadata,
    byDefault: {},
  }),
};

export type EndpointFields = FieldsIn<typeof ENDPOINT_FIELDS>;
