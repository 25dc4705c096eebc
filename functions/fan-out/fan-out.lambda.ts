import type { Message } from '../messages/message.domain.ts';
import { parseMessageRow } from '../messages/message-row.ts';
import { streamWorker } from '../platform/lambda/stream-worker.ts';
import { wireFanOut } from '../platform/lambda/wiring.ts';

/** Off the Messages stream: each new message becomes its deliveries. */
export const handler = streamWorker<Message>(
  () => {
    const { fanOut, ...services } = wireFanOut();
    return { ...services, work: (messages) => fanOut.messages(messages) };
  },
  ({ eventName, after }) =>
    eventName === 'INSERT' && after?.['type'] === 'msg' ? parseMessageRow(after) : undefined,
);
