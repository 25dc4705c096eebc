import type { Context } from 'aws-lambda';
import { onColdStart } from '../../platform/lambda/cold-start.ts';
import { lambdaHandler } from '../../platform/lambda/handler.ts';
import { logger } from '../../platform/lambda/logger.ts';
import { wireUpdateHourlyStatistics } from './update-hourly-statistics.wiring.ts';

const services = onColdStart(wireUpdateHourlyStatistics);

/** Every ten minutes: attempts of busy hours are counted as far as nothing more is expected of them. */
export const handler = lambdaHandler(async (_event: unknown, context: Context) => {
  const hourlyCounts = await services();
  logger.info('tallied', await hourlyCounts(() => context.getRemainingTimeInMillis()));
});
