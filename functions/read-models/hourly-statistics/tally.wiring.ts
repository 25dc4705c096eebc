import { makeDynamo } from '../../platform/aws/clients.ts';
import { SHARDS } from '../../platform/dynamodb/keys.ts';
import { countHoursEnv } from '../../platform/lambda/env.ts';
import { now } from '../../platform/lambda/runtime.ts';
import { makeSteps } from '../../platform/steps/fault-steps.ts';
import { makeHourlyStatistics } from './endpoint-hours.dynamo.ts';
import { makeCountHours } from './statistics.flow.ts';

/** Counts attempts of busy hours ahead of readers; `remainingMs` is the invocation's own. */
export const wireCountHours = () => {
  const env = countHoursEnv.parse(process.env);
  const book = makeHourlyStatistics(makeDynamo(), env.VIEWS_TABLE);
  const step = makeSteps(env.FAULTS_URL);
  return (remainingMs: () => number) => makeCountHours({ book, shards: SHARDS, now, remainingMs, step })();
};
