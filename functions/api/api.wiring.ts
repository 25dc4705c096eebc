import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes, randomUUID } from 'node:crypto';
import { makeApplicationStore } from '../catalog/applications/applications.dynamo.ts';
import { makeCatalog } from '../catalog/commit.dynamo.ts';
import { makeEndpointStore } from '../catalog/endpoints/endpoints.dynamo.ts';
import { makeEventTypeStore } from '../catalog/event-types/event-types.dynamo.ts';
import { makeSettingsStore } from '../catalog/settings/settings.dynamo.ts';
import { makeTenants } from '../catalog/snapshots/tenants.dynamo.ts';
import { makeTokenStore } from '../catalog/tokens/tokens.dynamo.ts';
import type { ReadBody } from '../deliver/delivery.port.ts';
import { checkSubnets } from '../deliver/http-client/ssrf-guard.ts';
import { makeDeliveryQueue } from '../deliver/queue/delivery-queue.sqs.ts';
import { makeSecretBox, makeSigningKeys } from '../deliver/signing/secret-box.ts';
import { makeReservePublishes } from '../deliver/throttle/throttle.dynamo.ts';
import { makeOperationalSeed } from '../events/operational-webhooks/event-type-seed.dynamo.ts';
import { withOperationalEventTypes } from '../events/operational-webhooks/event-types.flow.ts';
import { makeContentRows } from '../expunge/expunge.dynamo.ts';
import { makeExpunge } from '../expunge/expunge.flow.ts';
import { makePrecheck } from '../fan-out/precheck.flow.ts';
import { makeIdempotency, makeStoredResponseWrite } from '../idempotency/idempotency.dynamo.ts';
import { makeRunOnce } from '../idempotency/run-once.flow.ts';
import { lazyPayloadObjects } from '../messages/lazy-payload-objects.ts';
import { makePayloads } from '../messages/payloads.ts';
import { makeDynamo, makeSecretsManager, makeSqs } from '../platform/aws/clients.ts';
import { makeInsertNew } from '../platform/dynamodb/insert-new.ts';
import { apiEnv } from '../platform/lambda/env.ts';
import { facts } from '../platform/lambda/facts.ts';
import { logger } from '../platform/lambda/logger.ts';
import { asError } from '../platform/lambda/record-failure.ts';
import { newIds, now, randomCopy } from '../platform/lambda/runtime.ts';
import { organizationDefaults } from '../platform/settings/organization-settings.ts';
import { mainSecret } from '../platform/secrets/main-secrets.ts';
import { makeRotatingSeal } from '../platform/secrets/seal.ts';
import { makeSecret } from '../platform/secrets/secrets-manager.ts';
import { makeSteps } from '../platform/steps/fault-steps.ts';
import { reportAccepted } from '../publish/accepted-facts.ts';
import { makeCancelStore } from '../publish/cancel-message.dynamo.ts';
import { makeCancelMessage } from '../publish/cancel-message.flow.ts';
import { makeMessages } from '../publish/messages.dynamo.ts';
import { makeCheckPayloads } from '../publish/schema-check/check-payload.flow.ts';
import { makeFindSchemas } from '../publish/schema-check/compiled-schemas.ts';
import { makeReportViolation } from '../publish/schema-check/report-violation.ts';
import { makePublishLimits } from '../publish/publish-limits/publish-limits.flow.ts';
import { makePublishBatch } from '../publish/publish-batch.flow.ts';
import { makePublish } from '../publish/publish.flow.ts';
import { makePublished } from '../publish/published.flow.ts';
import { makeAttempts } from '../read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { makeDestinations } from '../read-models/destinations.dynamo.ts';
import { makeHourlyStatistics } from '../read-models/hourly-statistics/endpoint-hours.dynamo.ts';
import { makeCountAttempts, makeCountFailures } from '../read-models/hourly-statistics/statistics.flow.ts';
import { makeEndpointMessages } from '../read-models/messages-by-endpoint/endpoint-messages.dynamo.ts';
import { makeResend } from '../replay/resend.flow.ts';
import { makeSentReader } from '../replay/sent.dynamo.ts';
import { makeTaskResults } from '../replay/statistics/task-results.dynamo.ts';
import { makeTaskQueue } from '../replay/task-queue.sqs.ts';
import { makeSelect } from '../replay/task-selection.flow.ts';
import { makeTaskStore } from '../replay/tasks.dynamo.ts';
import { makeTasks } from '../replay/tasks.flow.ts';
import type { Deps } from './deps.ts';
import { makeHealth } from './health-check.ts';

const jwtKeys = (arn: string): Deps['keys'] => {
  const secret = makeSecret({ client: makeSecretsManager(), arn, now });
  return {
    current: () => secret.current(),
    refresh: async () => {
      await secret.refresh();
      return secret.current();
    },
  };
};

/** The dependencies of the three API functions. */
export const wireApi = async (): Promise<Deps> => {
  const env = apiEnv.parse(process.env);
  const client = makeDynamo();
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  const { rowRetentionDays } = env.STAGE_SETTINGS;
  const main = mainSecret(env.MAIN_SECRET_ARN);
  const answers = { client, table: env.CONTROL_TABLE, seal: await makeRotatingSeal(main, 'answer') };
  const catalog = makeCatalog(client, env.CATALOG_TABLE, makeStoredResponseWrite(answers));
  const payloadObjects = lazyPayloadObjects(env.PAYLOADS_BUCKET);
  const payloads = makePayloads(payloadObjects);
  const messageTables = { client, messages: env.MESSAGES_TABLE, control: env.CONTROL_TABLE };
  const messages = makeMessages(messageTables, payloads);
  const batchedMessages =
    env.BATCHED_INSERTS === 'true'
      ? makeMessages({ ...messageTables, insert: makeInsertNew(client, env.MESSAGES_TABLE) }, payloads)
      : messages;
  const applications = makeApplicationStore(catalog);
  const tenants = makeTenants({ client, table: env.CATALOG_TABLE, defaults, randomCopy });
  const reads = { client, deliveries: env.DELIVERIES_TABLE, views: env.VIEWS_TABLE };
  const attempts = makeAttempts(reads);
  const deliveryStatus = {
    messages: makeEndpointMessages(reads),
    destinations: makeDestinations(reads),
  };
  const statistics = makeHourlyStatistics(client, env.VIEWS_TABLE);
  const sqs = makeSqs();
  const secretBox = makeSecretBox(await makeRotatingSeal(main));
  const readBody: ReadBody = (message, nowMs) => payloads.read(message, nowMs);
  const step = makeSteps(env.FAULTS_URL);
  const makeId = newIds();
  const tokens = makeTokenStore({ catalog, control: env.CONTROL_TABLE, randomCopy });
  const eventTypes = withOperationalEventTypes(makeEventTypeStore(catalog), makeOperationalSeed(catalog));
  const publishing = {
    ...{ tenants, applications, tokens, ids: makeId, now, step, rowRetentionDays },
    admit: makePublishLimits({ reserve: makeReservePublishes(client, env.CONTROL_TABLE), now }),
    checkPayloads: makeCheckPayloads({
      schemas: makeFindSchemas(eventTypes),
      now,
      report: makeReportViolation(env.STAGE),
    }),
  };
  return {
    applications,
    endpoints: makeEndpointStore(catalog),
    eventTypes,
    settings: makeSettingsStore(catalog),
    settingsDefaults: defaults,
    oneTimeLinks: env.PORTAL_ONE_TIME_LINKS === 'true',
    ...(env.PORTAL_URL === undefined ? {} : { portalUrl: env.PORTAL_URL }),
    messages,
    attempts,
    deliveryStatus,
    countAttempts: makeCountAttempts(statistics),
    countFailures: makeCountFailures(statistics),
    publish: makePublish({ ...publishing, messages: reportAccepted(facts, messages), readBody }),
    publishBatch: makePublishBatch({ ...publishing, messages: reportAccepted(facts, batchedMessages) }),
    published: makePublished({ messages, readBody, now }),
    precheck: makePrecheck({ tenants }),
    cancelMessage: makeCancelMessage({ store: makeCancelStore(client, env.MESSAGES_TABLE), now, step }),
    resend: makeResend({ queue: makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL), now, step }),
    tasks: makeTasks({
      store: makeTaskStore(client, env.CONTROL_TABLE, makeStoredResponseWrite(answers)),
      queue: makeTaskQueue(sqs, env.TASK_QUEUE_URL),
      results: makeTaskResults(client, env.CONTROL_TABLE),
      select: makeSelect({
        ...{ tenants, messages, attempts, deliveryStatus, now },
        sent: makeSentReader(reads),
      }),
      ids: makeId,
      now,
      step,
    }),
    runOnce: makeRunOnce({
      store: makeIdempotency(answers),
      newHolder: randomUUID,
      now,
      sleep,
      step,
      report: (error) =>
        logger.error('response not stored under its idempotency key', { error: asError(error) }),
    }),
    expunge: makeExpunge({
      rows: makeContentRows({ client, messages: env.MESSAGES_TABLE, deliveries: env.DELIVERIES_TABLE }),
      objects: payloadObjects,
      step,
    }),
    secrets: secretBox,
    signingKeys: makeSigningKeys(secretBox),
    keys: jwtKeys(env.JWT_SECRET_ARN),
    tokens,
    ids: makeId,
    now,
    randomBytes: (count) => randomBytes(count),
    health: makeHealth({
      dynamo: client,
      sqs,
      catalog: env.CATALOG_TABLE,
      control: env.CONTROL_TABLE,
      deliveryQueueUrl: env.DELIVERY_QUEUE_URL,
    }),
    checkSubnets: (ranges) => checkSubnets(ranges, env.STAGE_SETTINGS.stageSubnets),
    rowRetentionDays,
    log: logger,
  };
};
