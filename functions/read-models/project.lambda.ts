import { parseAttemptFacts } from '../deliver/attempts/attempt-row.ts';
import { streamWorker } from '../platform/lambda/stream-worker.ts';
import { wireProject } from './project.wiring.ts';

/** Off the Deliveries stream: what was recorded becomes the lists that people read. */
export const handler = streamWorker(wireProject, ({ eventName, after }) =>
  eventName === 'INSERT' && after?.['type'] === 'at' ? parseAttemptFacts(after) : undefined,
);
