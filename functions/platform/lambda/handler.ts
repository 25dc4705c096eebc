import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from './logger.ts';

/** A Lambda handler whose log lines have the request id, and no keys of an earlier invocation. */
export const lambdaHandler = <Event, Answer>(work: (event: Event, context: Context) => Promise<Answer>) =>
  middy<Event, Answer>(work).use(injectLambdaContext(logger, { resetKeys: true }));
