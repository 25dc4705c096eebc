import { createHash } from 'node:crypto';
import { makeExpireDeleted } from '../catalog/applications/expire-deleted.dynamo.ts';
import { makeTenants } from '../catalog/snapshots/tenants.dynamo.ts';
import { makeDynamo, makeEventBridge, makeSqs } from '../platform/aws/clients.ts';
import { announceEnv } from '../platform/lambda/env.ts';
import { makeFailureLog } from '../platform/lambda/failure-log.dynamo.ts';
import { randomCopy } from '../platform/lambda/runtime.ts';
import { organizationDefaults } from '../platform/settings/organization-settings.ts';
import { makeOnce } from '../platform/idempotency/once.ts';
import { makeWorkRecords } from '../platform/idempotency/work-records.dynamo.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../platform/limits/function-timeouts.domain.ts';
import { QUEUE_RETENTION_DAYS } from '../platform/limits/queues.domain.ts';
import { DAY_SECONDS } from '../platform/limits/time.domain.ts';
import { makeDeadLetters } from '../platform/sqs/dead-letters.sqs.ts';
import { makeSteps } from '../platform/steps/fault-steps.ts';
import { makeAnnounce } from './announce.flow.ts';
import { makeEventBus } from './event-bus.eventbridge.ts';
import { makeEventContexts } from './event-context.dynamo.ts';
import { makeOperationalMessages } from './operational-webhooks/operational-messages.dynamo.ts';
import { makeOperational } from './operational-webhooks/operational-webhooks.flow.ts';

/** How long an event may come again: a stream keeps it for a day, and then the dead-letter queue. */
const REPEATS_FOR_SECONDS = (QUEUE_RETENTION_DAYS + 1) * DAY_SECONDS;

/** Wires the function that publishes domain events and operational webhooks. */
export const wireAnnounce = () => {
  const env = announceEnv.parse(process.env);
  const client = makeDynamo();
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  const table = env.CATALOG_TABLE;
  const step = makeSteps(env.FAULTS_URL);
  const recordsOf = makeWorkRecords({
    ...{ client, table: env.CONTROL_TABLE, now: Date.now },
    retentionSeconds: REPEATS_FOR_SECONDS,
  });
  const tenants = makeTenants({ client, table, defaults, randomCopy });
  return {
    deadLetters: makeDeadLetters(makeSqs(), env.DEAD_LETTER_QUEUE_URL),
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    expireDeleted: makeExpireDeleted(client, table),
    announce: makeAnnounce({
      contexts: makeEventContexts({ client, table, defaults, tenants }),
      bus: makeEventBus(makeEventBridge(), env.EVENT_BUS_NAME),
      once: makeOnce(FUNCTION_TIMEOUT_SECONDS.announce * 1_000),
      recordOf: ({ orgId, id }) => recordsOf({ orgId, name: `announce#${id}` }),
      step,
      operational: makeOperational({
        tenants,
        messages: makeOperationalMessages(client, env.MESSAGES_TABLE),
        rowRetentionDays: env.STAGE_SETTINGS.rowRetentionDays,
        digest: (text) => createHash('sha256').update(text).digest(),
      }),
    }),
    step,
  };
};
