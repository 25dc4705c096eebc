import * as z from 'zod';
import { outcomeOfAttempt } from '../../deliver/attempts/attempt.domain.ts';
import type { Attempt, AttemptOutcome } from '../../deliver/attempts/attempt.domain.ts';
import { instant } from '../wire/json.ts';
import { attemptDetailsOut } from './attempt-details.ts';
import { messageOut } from './message.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

export const STATUS = { success: 0, pending: 1, fail: 2, sending: 3, canceled: 4 } as const;
/** The delivery status that lists by `status` find; of the others there is nothing. */
export const PROGRESS = new Map<number, 'succeeded' | 'unsuccessful' | 'sending' | 'canceled'>([
  [STATUS.success, 'succeeded'],
  [STATUS.fail, 'unsuccessful'],
  [STATUS.sending, 'sending'],
  [STATUS.canceled, 'canceled'],
]);

const TRIGGER = { scheduled: 0, manual: 1 } as const;

/** The printed response body of an attempt if contents are withheld. */
const WITHHELD_RESPONSE = '{}';

export const messageAttemptOut = component('MessageAttemptOut', () => ({
  id: z.string().meta({ examples: ['atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
  url: z.string(),
  response: z.string(),
  responseStatusCode: z.int(),
  responseDurationMs: z.int(),
  status: z.int().meta({ description: '0 success, 1 pending, 2 fail, 3 sending, 4 canceled' }),
  statusText: z.enum(['success', 'fail', 'canceled']),
  triggerType: z.int().meta({ description: '0 scheduled, 1 manual' }),
  msgId: z.string(),
  endpointId: z.string(),
  timestamp: z.string().meta({ format: 'date-time' }),
  msg: messageOut().optional().meta({ description: 'The message, with `with_msg=true` and while it exists' }),
  details: attemptDetailsOut().optional().meta({ description: 'With `with_details=true`' }),
}));

/** Options for printing an attempt. `expanded`: print canceled deliveries as such, not as failed attempts. */
export interface AttemptPrint {
  readonly withContent: boolean;
  readonly expanded: boolean;
}

const WORDS = { succeeded: 'success', failed: 'fail', canceled: 'fail' } as const;

/** The status of an outcome. Clients that do not know canceled deliveries get `fail` for them. */
export const statusWord = (outcome: AttemptOutcome, expanded: boolean): 'success' | 'fail' | 'canceled' =>
  outcome === 'canceled' && expanded ? 'canceled' : WORDS[outcome];

const printStatus = (attempt: Attempt, expanded: boolean) => {
  const statusText = statusWord(outcomeOfAttempt(attempt), expanded);
  return { status: STATUS[statusText], statusText };
};

export const printAttempt = (
  attempt: Attempt,
  { withContent, expanded }: AttemptPrint,
  msg?: ValueOf<typeof messageOut>,
  details?: ValueOf<typeof attemptDetailsOut>,
): ValueOf<typeof messageAttemptOut> => ({
  url: attempt.url,
  response: withContent ? attempt.response : WITHHELD_RESPONSE,
  responseStatusCode: attempt.responseStatusCode,
  responseDurationMs: attempt.responseDurationMs,
  ...printStatus(attempt, expanded),
  triggerType: TRIGGER[attempt.trigger.kind],
  msgId: attempt.messageId,
  endpointId: attempt.endpointId,
  id: attempt.id,
  timestamp: instant(attempt.at),
  msg,
  details,
});
