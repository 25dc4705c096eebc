import * as z from 'zod';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { instant } from '../wire/json.ts';
import { lazily } from '../lazily.ts';
import { messageOut } from './message.ts';

export const STATUS = { success: 0, pending: 1, fail: 2, sending: 3, canceled: 4 } as const;
const TRIGGER = { scheduled: 0, manual: 1 } as const;

/** What a response prints as where contents are left out. */
const WITHHELD_RESPONSE = '{}';

export const messageAttemptOut = lazily(() =>
  z
    .object({
      id: z.string().meta({ examples: ['atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
      url: z.string(),
      response: z.string(),
      responseStatusCode: z.int(),
      responseDurationMs: z.int(),
      status: z.int().meta({ description: '0 success, 1 pending, 2 fail, 3 sending' }),
      statusText: z.enum(['success', 'fail']),
      triggerType: z.int().meta({ description: '0 scheduled, 1 manual' }),
      msgId: z.string(),
      endpointId: z.string(),
      timestamp: z.string().meta({ format: 'date-time' }),
      msg: messageOut().optional().meta({ description: 'Where it was asked for, and still exists' }),
    })
    .meta({ id: 'MessageAttemptOut' }),
);

export const printAttempt = (
  attempt: Attempt,
  withContent: boolean,
  msg?: z.output<ReturnType<typeof messageOut>>,
): z.output<ReturnType<typeof messageAttemptOut>> => ({
  url: attempt.url,
  response: withContent ? attempt.response : WITHHELD_RESPONSE,
  responseStatusCode: attempt.responseStatusCode,
  responseDurationMs: attempt.responseDurationMs,
  status: attempt.succeeded ? STATUS.success : STATUS.fail,
  statusText: attempt.succeeded ? 'success' : 'fail',
  triggerType: TRIGGER[attempt.turn.kind],
  msgId: attempt.messageId,
  endpointId: attempt.endpointId,
  id: attempt.id,
  timestamp: instant(attempt.at),
  msg,
});
