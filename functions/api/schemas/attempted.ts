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
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

const status = () => z.int().meta({ description: '0 success, 1 pending, 2 fail, 3 sending, 4 canceled' });
const statusText = () => z.enum(['success', 'fail', 'sending', 'canceled']);
const nextAttempt = () => z.string().meta({ format: 'date-time' });

/** Without a next attempt, `nextAttempt` is absent. */
export const endpointMessageOut = component('EndpointMessageOut', () => ({
  ...messageOut().shape,
  status: status(),
  statusText: statusText(),
  nextAttempt: nextAttempt().optional(),
}));

/** Without a next attempt, `nextAttempt` is null. */
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

const printStatus = (word: ValueOf<typeof statusText>) => ({
  status: STATUS[word],
  statusText: word,
});

/** The fields of a message that the read model has, for a message whose row has expired. */
const messageOf = (state: EndpointMessage): Parameters<typeof printMessage>[0] => ({
  id: state.messageId,
  eventId: null,
  eventType: state.eventType,
  channels: state.channels,
  tags: state.tags,
  deliverAt: null,
  createdAt: idTime(state.messageId) ?? 0,
});

/** Prints a message with its latest state at an endpoint: `sending` while a next attempt is scheduled. */
export const printEndpointMessage = (
  state: EndpointMessage,
  message: Message | undefined,
  { content, expanded }: { readonly content: RawJson; readonly expanded: boolean },
): ValueOf<typeof endpointMessageOut> => {
  const next = nextAttemptOf(state);
  return {
    ...printMessage(message ?? messageOf(state), content),
    ...printStatus(next === null ? statusWord(latestOutcomeOf(state), expanded) : 'sending'),
    ...(next === null ? {} : { nextAttempt: instant(next) }),
  };
};

/**
 * Prints an endpoint with the latest state of a message. The status is that of the latest attempt: `fail` even if a retry
 * is scheduled. Canceled deliveries are always `fail` here, since the operation has no `expanded_statuses`.
 */
export const printMessageEndpoint = (
  endpoint: Endpoint,
  state: EndpointMessage,
): ValueOf<typeof messageEndpointOut> => {
  const { metadata: _metadata, ...printed } = printEndpoint(endpoint);
  const next = nextAttemptOf(state);
  return {
    ...printed,
    ...printStatus(statusWord(latestOutcomeOf(state), false)),
    nextAttempt: next === null ? null : instant(next),
  };
};
