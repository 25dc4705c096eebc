import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { onColdStart } from './cold-start.ts';
import { logger } from './logger.ts';
import { wireSweep } from './wiring.ts';

const services = onColdStart(wireSweep);

/** Every minute: what is due goes onto the delivery queue. */
export const handler = middy(async (_event: unknown, context: Context) => {
  const sweep = await services();
  logger.info('swept', await sweep(() => context.getRemainingTimeInMillis()));
});
