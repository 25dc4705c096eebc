import { makeApplicationStore } from '../catalog/applications/applications.dynamo.ts';
import { makeCatalog } from '../catalog/commit.dynamo.ts';
import { makeTenants } from '../catalog/snapshots/tenants.dynamo.ts';
import { makeAttemptLog } from '../deliver/attempts/attempt-log.dynamo.ts';
import { makeDeliveryQueue } from '../deliver/queue/delivery-queue.sqs.ts';
import { makeContentRows } from '../expunge/expunge.dynamo.ts';
import { makeExpunge } from '../expunge/expunge.flow.ts';
import { lazyPayloadObjects } from '../messages/lazy-payload-objects.ts';
import { makeDynamo, makeSqs } from '../platform/aws/clients.ts';
import { runTaskEnv } from '../platform/lambda/env.ts';
import { makeFailureLog } from '../platform/lambda/failure-log.dynamo.ts';
import { now, randomCopy } from '../platform/lambda/runtime.ts';
import { organizationDefaults } from '../platform/settings/organization-settings.ts';
import { makeDeadLetterRecord } from '../platform/sqs/dead-letter-record.sqs.ts';
import { putNew } from '../platform/dynamodb/put-new.ts';
import { makeSteps } from '../platform/steps/fault-steps.ts';
import { makeFindMessages, makeMessageList } from '../publish/messages.dynamo.ts';
import { makeAttempts } from '../read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { makeHourlyStatistics } from '../read-models/hourly-statistics/endpoint-hours.dynamo.ts';
import { makeEndpointMessages } from '../read-models/messages-by-endpoint/endpoint-messages.dynamo.ts';
import { makeRunTask } from './run-task.flow.ts';
import { makeEndpointPlaces } from './statistics/endpoint-places.dynamo.ts';
import { makeTaskResults } from './statistics/task-results.dynamo.ts';
import { makeSentReader } from './sent.dynamo.ts';
import { makeTaskQueue } from './task-queue.sqs.ts';
import { makeSelect } from './task-selection.flow.ts';
import { makeTaskStore } from './tasks.dynamo.ts';

/** Wires the worker of background tasks. */
export const wireRunTask = () => {
  const env = runTaskEnv.parse(process.env);
  const client = makeDynamo();
  const tables = { client, deliveries: env.DELIVERIES_TABLE, views: env.VIEWS_TABLE };
  const sqs = makeSqs();
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  const step = makeSteps(env.FAULTS_URL);
  const messages = {
    list: makeMessageList(client, env.MESSAGES_TABLE),
    findMany: makeFindMessages(client, env.MESSAGES_TABLE),
  };
  const runTask = makeRunTask({
    store: makeTaskStore(client, env.CONTROL_TABLE),
    queue: makeTaskQueue(sqs, env.TASK_QUEUE_URL),
    log: makeAttemptLog(
      client,
      { deliveries: env.DELIVERIES_TABLE, control: env.CONTROL_TABLE },
      (row) => putNew(client, env.DELIVERIES_TABLE, row),
      env.STAGE_SETTINGS.rowRetentionDays,
    ),
    deliveries: makeDeliveryQueue(sqs, env.BULK_QUEUE_URL),
    select: makeSelect({
      tenants: makeTenants({ client, table: env.CATALOG_TABLE, defaults, randomCopy }),
      messages,
      attempts: makeAttempts(tables),
      deliveryStatus: { messages: makeEndpointMessages(tables) },
      sent: makeSentReader(tables),
      now,
    }),
    messages,
    expunge: makeExpunge({
      rows: makeContentRows({ client, messages: env.MESSAGES_TABLE, deliveries: env.DELIVERIES_TABLE }),
      objects: lazyPayloadObjects(env.PAYLOADS_BUCKET),
      step,
    }),
    applications: makeApplicationStore(makeCatalog(client, env.CATALOG_TABLE)),
    endpointPlaces: makeEndpointPlaces(client, env.CATALOG_TABLE),
    results: makeTaskResults(client, env.CONTROL_TABLE),
    counts: makeHourlyStatistics(client, env.VIEWS_TABLE),
    now,
    step,
  });
  return {
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    deadLetterRecord: makeDeadLetterRecord(sqs, env.DEAD_LETTER_QUEUE_URL),
    runTask,
  };
};
