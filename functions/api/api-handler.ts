import { respondWith } from './responses.ts';
import type { Deps } from './deps.ts';
import { FAULT } from './errors.ts';
import { requestFrom, resultFrom } from './gateway-event.ts';
import type { GatewayEvent, GatewayResult } from './gateway-event.ts';
import { makeRouter } from './router.ts';
import { onColdStart } from '../platform/lambda/cold-start.ts';
import { facts } from '../platform/lambda/facts.ts';
import { lambdaHandler } from '../platform/lambda/handler.ts';
import { logger } from '../platform/lambda/logger.ts';

/**
 * The handler of an API function behind API Gateway. Builds its dependencies on the first call, and again on the next call
 * after a failure. Answers 500 with an empty object if that or anything outside the router fails.
 */
export const makeApiHandler = (build: () => Promise<Deps> | Deps) => {
  const router = onColdStart(async () => makeRouter(await build()));
  return lambdaHandler<GatewayEvent, GatewayResult>(async (event: GatewayEvent, { functionName }) => {
    const { fetch } = await router();
    const response = await fetch(requestFrom(event, process.env['API_BASE_PATH']));
    facts.flush(functionName);
    return resultFrom(response);
  }).onError(async (request) => {
    const { error } = request;
    logger.error('request failed before its operation', {
      error: error instanceof Error ? error : new Error(String(error)),
    });
    request.response = await resultFrom(respondWith(FAULT));
  });
};
