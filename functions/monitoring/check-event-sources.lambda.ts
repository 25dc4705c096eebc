import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { Context } from 'aws-lambda';
import { onColdStart } from '../platform/lambda/cold-start.ts';
import { lambdaHandler } from '../platform/lambda/handler.ts';
import { logger } from '../platform/lambda/logger.ts';
import { metrics } from '../platform/lambda/metrics.ts';
import { wireCheckEventSources } from './check-event-sources.wiring.ts';

const services = onColdStart(wireCheckEventSources);

/**
 * Every five minutes: counts the event source mappings that invoke no function. CloudWatch has no metric for a disabled
 * mapping, and no age of a stream that is not read.
 */
export const handler = lambdaHandler(async (_event: unknown, context: Context) => {
  const check = await services();
  const stopped = await check();
  for (const { source, reason } of stopped) logger.error('event source stopped', { ...source, reason });
  metrics.addDimension('function', context.functionName); // stages share an account and a namespace
  metrics.addMetric('StoppedEventSources', MetricUnit.Count, stopped.length);
}).use(logMetrics(metrics));
