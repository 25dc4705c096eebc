import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { Context } from 'aws-lambda';
import { onColdStart } from '../../platform/lambda/cold-start.ts';
import { lambdaHandler } from '../../platform/lambda/handler.ts';
import { logger } from '../../platform/lambda/logger.ts';
import { metrics } from '../../platform/lambda/metrics.ts';
import { wireSweep } from './sweep.wiring.ts';

const services = onColdStart(wireSweep);

/** Every minute: sends due items to the delivery queue. */
export const handler = lambdaHandler(async (_event: unknown, context: Context) => {
  const sweep = await services();
  const done = await sweep(() => context.getRemainingTimeInMillis());
  logger.info('swept', { ...done });
  if (!done.leased) return;
  metrics.addDimension('function', context.functionName); // stages share an account and a namespace
  metrics.addMetric('PastDue', MetricUnit.Milliseconds, done.lateMs);
}).use(logMetrics(metrics));
