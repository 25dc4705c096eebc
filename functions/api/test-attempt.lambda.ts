import { wireOutbound } from '../deliver/outbound.wiring.ts';
import { makeSendTest } from '../deliver/test-attempt.flow.ts';
import { makeReserveTests } from '../deliver/throttle/throttle.dynamo.ts';
import { makeDynamo } from '../platform/aws/clients.ts';
import { apiEnv } from '../platform/lambda/env.ts';
import { makeApiHandler } from './api-handler.ts';
import { wireApi } from './api.wiring.ts';

/**
 * Serves test attempts, apart from all other commands: each holds its environment while a receiver takes its time, and
 * this is the only function of the API that sends requests to receivers.
 */
export const handler = makeApiHandler(async () => {
  const deps = await wireApi();
  const { CONTROL_TABLE, STAGE_SETTINGS } = apiEnv.parse(process.env);
  const sendTest = makeSendTest({
    reserve: makeReserveTests(makeDynamo(), CONTROL_TABLE),
    outbound: wireOutbound(STAGE_SETTINGS.stageSubnets),
    signingKeys: deps.signingKeys,
    ids: deps.ids,
    now: deps.now,
  });
  return { ...deps, sendTest };
});
