import type { Context } from 'aws-lambda';
import { logger } from './logger.ts';

/** A Lambda handler whose log lines have the request id, and no keys of an earlier invocation. */
export const lambdaHandler =
  <Event, Answer>(work: (event: Event, context: Context) => Promise<Answer>) =>
  async (event: Event, context: Context): Promise<Answer> => {
    logger.resetKeys();
    logger.addContext(context);
    return work(event, context);
  };
