import type { Message } from '../domain/message.ts';
import { parseMessageRow } from '../store/message-row.ts';
import { streamWorker } from './stream-worker.ts';
import { wireFanOut } from './wiring.ts';

/** Off the Messages stream: each new message becomes its deliveries. */
export const handler = streamWorker<Message>(
  () => {
    const { fanOut, ...services } = wireFanOut();
    return { ...services, work: (messages) => fanOut.messages(messages) };
  },
  ({ eventName, after }) =>
    eventName === 'INSERT' && after?.['type'] === 'msg' ? parseMessageRow(after) : undefined,
);
