import { answerReply } from './answers.ts';
import type { Deps } from './deps.ts';
import { FAULT } from './errors.ts';
import { requestFrom, resultFrom } from './gateway-event.ts';
import type { GatewayEvent, GatewayResult } from './gateway-event.ts';
import { makeRouter } from './router.ts';
import { onColdStart } from '../platform/lambda/cold-start.ts';
import { lambdaHandler } from '../platform/lambda/handler.ts';
import { logger } from '../platform/lambda/logger.ts';

/**
 * The handler of a function behind API Gateway. What it needs is built on the first call, and again on the next where
 * that failed; whatever goes wrong then answers 500 with an empty object.
 */
export const makeApiHandler = (build: () => Promise<Deps> | Deps) => {
  const router = onColdStart(async () => makeRouter(await build()));
  return lambdaHandler<GatewayEvent, GatewayResult>(async (event: GatewayEvent) => {
    const { fetch } = await router();
    return resultFrom(await fetch(requestFrom(event)));
  }).onError(async (request) => {
    const { error } = request;
    logger.error('request failed before its operation', {
      error: error instanceof Error ? error : new Error(String(error)),
    });
    request.response = await resultFrom(answerReply(FAULT));
  });
};
