import type { Attempt } from '../../functions/deliver/attempts/attempt.domain.ts';
import { parseAttemptRow } from '../../functions/deliver/attempts/attempt-row.ts';
import type { Log } from './log.ts';
import { explain } from './problem.ts';
import { shownUrl } from './shown-url.ts';
import type { Stack } from './stack.ts';
import { followTable } from './stream-reader.ts';

const clock = (ms: number) => new Date(ms).toTimeString().slice(0, 8);

const whatNext = ({ decision }: Attempt): string => {
  switch (decision.kind) {
    case 'succeeded':
      return '';
    case 'retry':
      return `, next attempt at ${clock(decision.at)}`;
    case 'exhausted':
      return ', retries exhausted';
    case 'gone':
      return ', endpoint answered 410 Gone';
    case 'manual-failed':
      return ', resend';
    case 'canceled':
      return '';
  }
};

/** Describes an attempt in one line. The receiver's URLs are shown with their commands, others without credentials. */
export const describeAttempt = (attempt: Attempt, receiver: string): string => {
  const { trigger, responseStatusCode: status } = attempt;
  const which = trigger.kind === 'scheduled' ? `attempt ${trigger.number}` : 'resend';
  const result = status === 0 ? 'no response' : String(status);
  const mark = attempt.succeeded ? 'ok  ' : 'FAIL';
  const took = `${result} in ${attempt.responseDurationMs} ms`;
  const url = shownUrl(attempt.url, receiver);
  const end = attempt.decision.kind === 'canceled' ? attempt.response : took;
  return `  ${clock(attempt.at)}  ${mark}  ${attempt.eventType}  ${attempt.messageId}  ${which}  ${url}  ${end}${whatNext(attempt)}`;
};

/** Prints each recorded attempt until the signal aborts. An error ends the output but not the stack. */
export const tailDeliveries = async (stack: Stack, log: Log, signal: AbortSignal): Promise<void> => {
  const table = stack.outputs['DeliveriesTableName'] ?? '';
  const receiver = new URL(stack.receiverUrl).origin;
  try {
    for await (const row of followTable(stack.emulator.endpointUrl, table, signal)) {
      // Bodies are not shown, and the stream encodes them differently.
      if (row['type'] === 'at')
        log.line(describeAttempt(parseAttemptRow({ ...row, b: undefined }), receiver));
    }
  } catch (error) {
    if (!signal.aborted) log.line(`  (deliveries are no longer shown: ${explain(error)})`);
  }
};
