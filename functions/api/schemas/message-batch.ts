import * as z from 'zod';
import { MOST_BATCH_MESSAGES } from '../../platform/limits/requests.domain.ts';
import { RawJson } from '../wire/json.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { httpErrorOut, httpValidationError } from './errors.ts';
import { messageOut } from './message.ts';
import { component } from '../wire/component.ts';

/** The text of one message, decoded on its own, so that an invalid one does not refuse the others. */
const messageText = () =>
  z
    .custom<RawJson>((value) => value instanceof RawJson)
    .meta({ override: { $ref: '#/components/schemas/MessageIn' } })
    .register(wireRules, { raw: 'document' });

export const messageBatchIn = component('MessageBatchIn', () => ({
  data: z
    .array(messageText())
    .min(1, "data can't be empty, it must have at least one item.")
    .max(MOST_BATCH_MESSAGES, `at most ${MOST_BATCH_MESSAGES} messages are allowed.`),
}));

const status = (description: string) => z.int().meta({ description });

const accepted = () =>
  messageOut()
    .extend({
      status: status('202'),
      replayed: z
        .boolean()
        .optional()
        .meta({ description: 'An earlier request with this idempotency key accepted the message' }),
      schemaViolations: httpValidationError()
        .shape.detail.optional()
        .meta({ description: 'How the payload violates its event type’s schema, with the setting `warn`' }),
      mismatch: z.boolean().optional().meta({ description: 'Its item differed from this one' }),
    })
    .meta({ id: 'BatchedMessageOut' });

const refused = () =>
  httpErrorOut()
    .extend({
      status: status('As POST /msg answers for this message alone: 404, 409, 429 or 500'),
      retryAfter: z
        .int()
        .optional()
        .meta({ description: 'With 429: seconds after which to repeat the request' }),
    })
    .meta({ id: 'BatchedErrorOut' });

const invalid = () =>
  httpValidationError()
    .extend({ status: status('422') })
    .meta({ id: 'BatchedValidationErrorOut' });

export const messageBatchOut = component('MessageBatchOut', () => ({
  data: z
    .array(z.union([accepted(), refused(), invalid()]))
    .meta({ description: 'What became of each message, in the order of the request' }),
}));
