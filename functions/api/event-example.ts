import * as z from 'zod';
import type { Caller } from './authentication/auth.ts';
import { isVisible } from './routes/event-types.ts';
import { PATH_NAME_BYTES } from '../platform/limits/requests.domain.ts';
import type { Deps } from './deps.ts';
import { Refusal } from './errors.ts';
import { schemaExample } from './wire/schema-example.ts';
import { payload } from './schemas/message.ts';

const PING = { name: 'svix.ping', payload: '{"success": true}' };
/** The event type that every organization can send. */
export const PING_TYPE = PING.name;

/** The fields of a request for an example of an event type. */
export const exampleFields = () => ({
  eventType: z
    .string()
    .max(PATH_NAME_BYTES)
    .meta({ examples: ['user.signup'] }),
  exampleIndex: z
    .int()
    .min(0)
    .nullish()
    .meta({ description: 'Index of the example in version 1 of the schema; the first one if omitted' }),
  payload: payload().nullish().meta({ description: 'Sent instead of an example of the schema' }),
});

interface AskedExample {
  readonly eventType: string;
  readonly exampleIndex?: number | null | undefined;
  readonly payload?: { readonly text: string } | null | undefined;
}

/** The payload of an example. Throws Refusal if the event type does not exist for the caller (404) or has no example (400). */
export const examplePayload = async (deps: Deps, caller: Caller, asked: AskedExample): Promise<string> => {
  if (asked.eventType === PING.name) return asked.payload?.text ?? PING.payload;
  const eventType = await deps.eventTypes.find(caller.orgId, asked.eventType);
  if (eventType === undefined || !isVisible(caller, eventType)) throw new Refusal('not_found');
  if (asked.payload != null) return asked.payload.text;
  const example = schemaExample(eventType.schemas ?? '{}', asked.exampleIndex ?? 0);
  if (example === undefined) throw new Refusal('invalid_scheme');
  return example;
};
