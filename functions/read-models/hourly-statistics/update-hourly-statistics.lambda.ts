import type { Context } from 'aws-lambda';
import { onColdStart } from '../../platform/lambda/cold-start.ts';
import { lambdaHandler } from '../../platform/lambda/handler.ts';
import { logger } from '../../platform/lambda/logger.ts';
import { wireUpdateHourlyStatistics } from './update-hourly-statistics.wiring.ts';

const updateStatistics = onColdStart(wireUpdateHourlyStatistics);

/** Runs every ten minutes and counts the attempts of busy hours up to the instant before which no more are expected. */
export const handler = lambdaHandler(async (_event: unknown, context: Context) => {
  const update = await updateStatistics();
  logger.info('updated hourly statistics', await update(() => context.getRemainingTimeInMillis()));
});
