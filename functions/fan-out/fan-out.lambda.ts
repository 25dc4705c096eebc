import type { Message } from '../messages/message.domain.ts';
import { parseMessageRow } from '../messages/message-row.ts';
import { logger } from '../platform/lambda/logger.ts';
import { streamWorker } from '../platform/lambda/stream-worker.ts';
import { wireFanOut } from './fan-out.wiring.ts';

/** Consumes the Messages stream: makes the deliveries of each new message. */
export const handler = streamWorker<Message>(
  () => {
    const { fanOut, ...services } = wireFanOut({ measures: true });
    return {
      ...services,
      work: async (messages) => {
        const { handedOver } = await fanOut.messages(messages);
        if (handedOver > 0)
          logger.warn('messages failed and were handed over to the fan-out queue', { handedOver });
        return [];
      },
    };
  },
  ({ eventName, after }) =>
    eventName === 'INSERT' && after?.['type'] === 'msg' ? parseMessageRow(after) : undefined,
);
