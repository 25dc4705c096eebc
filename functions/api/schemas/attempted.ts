import * as z from 'zod';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { idTime } from '../../platform/ids/ids.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import {
  latestOutcomeOf,
  nextAttemptOf,
} from '../../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from '../../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { instant } from '../wire/json.ts';
import type { RawJson } from '../wire/json.ts';
import { STATUS, statusWord } from './attempt.ts';
import { endpointOut, printEndpoint } from './endpoint.ts';
import { messageOut, printMessage } from './message.ts';
import { memoize } from '../memoize.ts';

const status = () => z.int().meta({ description: '0 success, 1 pending, 2 fail, 3 sending, 4 canceled' });
const statusText = () => z.enum(['success', 'fail', 'sending', 'canceled']);
const nextAttempt = () => z.string().meta({ format: 'date-time' });

/** `nextAttempt` is left out where there is none. */
export const endpointMessageOut = memoize(() =>
  z
    .object({
      ...messageOut().shape,
      status: status(),
      statusText: statusText(),
      nextAttempt: nextAttempt().optional(),
    })
    .meta({ id: 'EndpointMessageOut' }),
);

/** `nextAttempt` is null where there is none. */
export const messageEndpointOut = memoize(() => {
  const { metadata: _, ...endpointShape } = endpointOut().shape;
  return z
    .object({
      ...endpointShape,
      status: status(),
      statusText: statusText(),
      nextAttempt: nextAttempt().nullable(),
    })
    .meta({ id: 'MessageEndpointOut' });
});

const printStatus = (word: z.output<ReturnType<typeof statusText>>) => ({
  status: STATUS[word],
  statusText: word,
});

/** The least of a message that a state itself knows, for when the message's own row is gone. */
const messageOf = (state: EndpointMessage): Parameters<typeof printMessage>[0] => ({
  id: state.messageId,
  eventId: null,
  eventType: state.eventType,
  channels: state.channels,
  tags: state.tags,
  deliverAt: null,
  createdAt: idTime(state.messageId) ?? 0,
});

/** A message with its latest state at an endpoint: Sending as long as a next attempt is planned. */
export const printEndpointMessage = (
  state: EndpointMessage,
  message: Message | undefined,
  { content, expanded }: { readonly content: RawJson; readonly expanded: boolean },
): z.output<ReturnType<typeof endpointMessageOut>> => {
  const next = nextAttemptOf(state);
  return {
    ...printMessage(message ?? messageOf(state), content),
    ...printStatus(next === null ? statusWord(latestOutcomeOf(state), expanded) : 'sending'),
    ...(next === null ? {} : { nextAttempt: instant(next) }),
  };
};

/**
 * An endpoint with the latest state of a message, whose status is its latest attempt's: one that will be tried again has
 * failed. No client says here that it knows canceled ones.
 */
export const printMessageEndpoint = (
  endpoint: Endpoint,
  state: EndpointMessage,
): z.output<ReturnType<typeof messageEndpointOut>> => {
  const { metadata: _metadata, ...printed } = printEndpoint(endpoint);
  const next = nextAttemptOf(state);
  return {
    ...printed,
    ...printStatus(statusWord(latestOutcomeOf(state), false)),
    nextAttempt: next === null ? null : instant(next),
  };
};
