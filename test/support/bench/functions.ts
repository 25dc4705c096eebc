import { FUNCTION_MEMORY_MB } from '../../../functions/platform/limits/memory.domain.ts';

/** Memory of each function in MB, by the name of its handler. */
export const MEMORY_MB: Readonly<Record<string, number>> = {
  publish: FUNCTION_MEMORY_MB.api,
  ingest: FUNCTION_MEMORY_MB.ingest,
  query: FUNCTION_MEMORY_MB.api,
  admin: FUNCTION_MEMORY_MB.api,
  'fan-out': FUNCTION_MEMORY_MB.fanOut,
  'fan-out-wide': FUNCTION_MEMORY_MB.fanOut,
  deliver: FUNCTION_MEMORY_MB.delivery,
  'deliver-bulk': FUNCTION_MEMORY_MB.delivery,
  'deliver-slow': FUNCTION_MEMORY_MB.delivery,
  project: FUNCTION_MEMORY_MB.project,
  announce: FUNCTION_MEMORY_MB.announce,
  sweep: FUNCTION_MEMORY_MB.sweep,
  'run-task': FUNCTION_MEMORY_MB.runTask,
  'update-hourly-statistics': FUNCTION_MEMORY_MB.updateHourlyStatistics,
  'check-event-sources': FUNCTION_MEMORY_MB.checkEventSources,
};

/** Functions that are fed by SQS: Lambda receives their batches and deletes them. */
export const FED_BY_QUEUE = ['ingest', 'deliver', 'deliver-bulk', 'deliver-slow', 'fan-out-wide', 'run-task'];
