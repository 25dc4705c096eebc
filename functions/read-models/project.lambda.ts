import { parseAttemptFacts } from '../deliver/attempts/attempt-row.ts';
import { streamWorker } from '../platform/lambda/stream-worker.ts';
import { wireProject } from './project.wiring.ts';

/** Reads the Deliveries stream and writes the read models. */
export const handler = streamWorker(wireProject, ({ eventName, after }) =>
  eventName === 'INSERT' && after?.['type'] === 'at' ? parseAttemptFacts(after) : undefined,
);
