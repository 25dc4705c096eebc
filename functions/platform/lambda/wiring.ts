import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkSubnets } from '../../deliver/http-client/ssrf-guard.ts';
import { makeSender } from '../../deliver/http-client/send.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { makeIds } from '../ids/ids.domain.ts';
import type { Lane } from '../../deliver/lanes/lane.domain.ts';
import type { OrganizationSettings } from '../../catalog/settings/settings.domain.ts';
import { disabled } from '../../catalog/endpoints/auto-disable.domain.ts';
import { makeAnnounce } from '../../events/announce.flow.ts';
import type { EndpointStore } from '../../catalog/catalog.port.ts';
import type { DisableEndpoint, ReadBody } from '../../deliver/delivery.port.ts';
import type { After } from '../../deliver/send.flow.ts';
import { makeDelivering } from '../../deliver/batch.flow.ts';
import type { Delivering } from '../../deliver/batch.flow.ts';
import { makeExpunge } from '../../expunge/expunge.flow.ts';
import { makeFanOut } from '../../fan-out/fan-out.flow.ts';
import { withOperationalEventTypes } from '../../events/operational-webhooks/event-types.flow.ts';
import { makeRunOnce } from '../../idempotency/run-once.flow.ts';
import { makeOperational } from '../../events/operational-webhooks/operational-webhooks.flow.ts';
import { makeProject } from '../../read-models/project.flow.ts';
import { makePublishLimits } from '../../publish/publish-limits/publish-limits.flow.ts';
import { makePublish } from '../../publish/publish.flow.ts';
import { makePublished } from '../../publish/published.flow.ts';
import { makeResend } from '../../replay/resend.flow.ts';
import { makeRunTask } from '../../replay/run-task.flow.ts';
import { makeSelect } from '../../replay/task-selection.flow.ts';
import { makeTasks } from '../../replay/tasks.flow.ts';
import {
  makeCountAttempts,
  makeProjectAndMarkHours,
  makeCountHours,
} from '../../read-models/hourly-statistics/statistics.flow.ts';
import { makeSweep } from '../../deliver/retries/sweep.flow.ts';
import type { Deps } from '../../api/deps.ts';
import { makeDeadLetters } from '../sqs/dead-letters.sqs.ts';
import { makeDeliveryQueue } from '../../deliver/queue/delivery-queue.sqs.ts';
import {
  formatDelivery,
  formatQueueMessage,
  parseDelivery,
  parseQueueMessage,
} from '../../deliver/queue/delivery-record.ts';
import { makeEventBus } from '../../events/event-bus.eventbridge.ts';
import { makeTaskQueue } from '../../replay/task-queue.sqs.ts';
import { makeWideQueue } from '../../fan-out/wide-queue.sqs.ts';
import { makeDynamo, makeEventBridge, makeS3, makeSecretsManager, makeSqs } from '../aws/clients.ts';
import { makeSeal } from '../secrets/seal.ts';
import { makeApplicationStore } from '../../catalog/applications/applications.dynamo.ts';
import { makeAttempts } from '../../read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { makeAttemptLog } from '../../deliver/attempts/attempt-log.dynamo.ts';
import { makeCatalog } from '../../catalog/commit.dynamo.ts';
import { makeDeliveryReader } from '../../deliver/delivery-reader.dynamo.ts';
import { makeDestinations } from '../../read-models/destinations.dynamo.ts';
import { makeDue } from '../../deliver/retries/due-items.dynamo.ts';
import { makeEndpointMessages } from '../../read-models/messages-by-endpoint/endpoint-messages.dynamo.ts';
import {
  makeHourlyStatistics,
  makeMarkDirtyHours,
} from '../../read-models/hourly-statistics/endpoint-hours.dynamo.ts';
import { makeEndpointStore } from '../../catalog/endpoints/endpoints.dynamo.ts';
import { makeEventTypeStore } from '../../catalog/event-types/event-types.dynamo.ts';
import { makeContentRows, makePayloadObjects } from '../../expunge/expunge.dynamo.ts';
import { makeHealthStore } from '../../deliver/circuit-breaker/health.dynamo.ts';
import { makeIdempotency, makeStoredResponseWrite } from '../../idempotency/idempotency.dynamo.ts';
import { makeInsertNew } from '../dynamodb/insert-new.ts';
import { REVISION_COPIES, SHARDS } from '../dynamodb/keys.ts';
import { makeFailureLog } from './failure-log.dynamo.ts';
import { makeFindMessages, makeMessageList, makeMessages } from '../../publish/messages.dynamo.ts';
import { makeOperationalMessages } from '../../events/operational-webhooks/operational-messages.dynamo.ts';
import { makeOperationalSeed } from '../../events/operational-webhooks/event-type-seed.dynamo.ts';
import { makeEventContexts } from '../../events/event-context.dynamo.ts';
import { makeParkingStore } from '../../deliver/circuit-breaker/parking.dynamo.ts';
import { makePayloads } from '../../messages/payloads.s3.ts';
import { putNew } from '../dynamodb/put-new.ts';
import { makeSentReader } from '../../replay/sent.dynamo.ts';
import { makeSecret } from '../secrets/secrets-manager.ts';
import { makeSettingsStore } from '../../catalog/settings/settings.dynamo.ts';
import { makeSweepLease } from '../../deliver/retries/sweep-lease.dynamo.ts';
import { makeTaskStore } from '../../replay/tasks.dynamo.ts';
import { makeTenants } from '../../catalog/snapshots/tenants.dynamo.ts';
import { makeReservePublishes, makeThrottleStore } from '../../deliver/throttle/throttle.dynamo.ts';
import { makeViews } from '../../read-models/views.dynamo.ts';
import {
  announceEnv,
  apiEnv,
  deliverEnv,
  fanOutEnv,
  projectEnv,
  sweepEnv,
  countHoursEnv,
  runTaskEnv,
} from './env.ts';
import type { StageSettings } from './env.ts';
import { makeCountedLog } from '../../deliver/attempts/counted-log.ts';
import { makeSteps } from '../steps/fault-steps.ts';
import { logger } from './logger.ts';
import { settleTogetherOrAlone } from '../settle.domain.ts';
import type { RecordingFailures } from './record-failure.ts';
import { makeHealth } from '../../api/health-check.ts';
import { makeSecretBox, makeSigningKeys } from '../../deliver/signing/secret-box.ts';

/**
 * The composition root: for each function, the flow it runs with the adapters it needs. Called once per cold start;
 * bundles keep only what their own function uses.
 */

const now = () => Date.now();
const ids = () => makeIds((count) => randomBytes(count));
const randomCopy = () => randomInt(REVISION_COPIES);
const jitter = () => Math.random() * 2 - 1;
const after: After = (ms, task) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};
const deliveryText = { format: formatDelivery, parse: parseDelivery };
const queueMessageText = { format: formatQueueMessage, parse: parseQueueMessage };

const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const organizationDefaults = ({ stageSubnets: _, ...settings }: StageSettings): OrganizationSettings =>
  settings;

const mainSecrets = (arn: string) => makeSecret({ client: makeSecretsManager(), arn, now }).current();

const secretBox = async (arn: string) => makeSecretBox(makeSeal(await mainSecrets(arn)));

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

/** What the three API functions serve requests with. */
export const wireApi = async (): Promise<Deps> => {
  const env = apiEnv.parse(process.env);
  const client = makeDynamo();
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  const secrets = await mainSecrets(env.MAIN_SECRET_ARN);
  const answers = { client, table: env.CONTROL_TABLE, seal: makeSeal(secrets, 'answer') };
  const catalog = makeCatalog(client, env.CATALOG_TABLE, makeStoredResponseWrite(answers));
  const s3 = makeS3();
  const payloads = makePayloads(s3, env.PAYLOADS_BUCKET);
  const messages = makeMessages(
    { client, messages: env.MESSAGES_TABLE, control: env.CONTROL_TABLE },
    payloads,
  );
  const applications = makeApplicationStore(catalog);
  const tenants = makeTenants({ client, table: env.CATALOG_TABLE, defaults, randomCopy });
  const attempts = makeAttempts({ client, deliveries: env.DELIVERIES_TABLE, views: env.VIEWS_TABLE });
  const attempted = {
    messages: makeEndpointMessages(client, env.VIEWS_TABLE),
    destinations: makeDestinations(client, env.DELIVERIES_TABLE),
  };
  const sqs = makeSqs();
  const readBody: ReadBody = (message, nowMs) => payloads.read(message, nowMs);
  const step = makeSteps(env.FAULTS_URL);
  const makeId = ids();
  return {
    applications,
    endpoints: makeEndpointStore(catalog),
    eventTypes: withOperationalEventTypes(makeEventTypeStore(catalog), makeOperationalSeed(catalog)),
    settings: makeSettingsStore(catalog),
    settingsDefaults: defaults,
    messages,
    attempts,
    attempted,
    countAttempts: makeCountAttempts(makeHourlyStatistics(client, env.VIEWS_TABLE)),
    publish: makePublish({
      tenants,
      applications,
      messages,
      readBody,
      admit: makePublishLimits({ reserve: makeReservePublishes(client, env.CONTROL_TABLE), now }),
      ids: makeId,
      now,
      step,
    }),
    published: makePublished({ messages, readBody, now }),
    resend: makeResend({ queue: makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL), now, step }),
    tasks: makeTasks({
      store: makeTaskStore(client, env.CONTROL_TABLE, makeStoredResponseWrite(answers)),
      queue: makeTaskQueue(sqs, env.TASK_QUEUE_URL),
      select: makeSelect({
        ...{ tenants, messages, attempts, attempted, now },
        sent: makeSentReader(client, env.VIEWS_TABLE),
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
      report: (error) => logger.error('an answer was not kept for repeats', { error: errorOf(error) }),
    }),
    expunge: makeExpunge({
      rows: makeContentRows({ client, messages: env.MESSAGES_TABLE, deliveries: env.DELIVERIES_TABLE }),
      objects: makePayloadObjects(s3, env.PAYLOADS_BUCKET),
      step,
    }),
    secrets: makeSecretBox(makeSeal(secrets)),
    keys: jwtKeys(env.JWT_SECRET_ARN),
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
    log: logger,
  };
};

/** The worker of background tasks. */
export const wireRunTask = () => {
  const env = runTaskEnv.parse(process.env);
  const client = makeDynamo();
  const sqs = makeSqs();
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  const runTask = makeRunTask({
    store: makeTaskStore(client, env.CONTROL_TABLE),
    queue: makeTaskQueue(sqs, env.TASK_QUEUE_URL),
    deliveries: makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL),
    select: makeSelect({
      tenants: makeTenants({ client, table: env.CATALOG_TABLE, defaults, randomCopy }),
      messages: {
        list: makeMessageList(client, env.MESSAGES_TABLE),
        findMany: makeFindMessages(client, env.MESSAGES_TABLE),
      },
      attempts: makeAttempts({ client, deliveries: env.DELIVERIES_TABLE, views: env.VIEWS_TABLE }),
      attempted: { messages: makeEndpointMessages(client, env.VIEWS_TABLE) },
      sent: makeSentReader(client, env.VIEWS_TABLE),
      now,
    }),
    now,
    step: makeSteps(env.FAULTS_URL),
  });
  return { failureLog: makeFailureLog(client, env.CONTROL_TABLE), runTask };
};

/** Both fan-outs: off the Messages stream, and the turns of messages that go to very many endpoints. */
export const wireFanOut = () => {
  const env = fanOutEnv.parse(process.env);
  const client = makeDynamo();
  const sqs = makeSqs();
  const queue = makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL);
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  return {
    deadLetters: makeDeadLetters(sqs, env.DEAD_LETTER_QUEUE_URL),
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    fanOut: makeFanOut({
      tenants: makeTenants({ client, table: env.CATALOG_TABLE, defaults, randomCopy }),
      queue,
      wide: makeWideQueue(sqs, env.FAN_OUT_QUEUE_URL),
      due: makeDue(client, env.CONTROL_TABLE, queueMessageText),
      now,
      step: makeSteps(env.FAULTS_URL),
    }),
  };
};

const makeDisableEndpoint =
  (endpoints: EndpointStore): DisableEndpoint =>
  async ({ orgId, appId, endpointId }, why, nowMs) => {
    await endpoints.change(orgId, appId, endpointId, (current) => disabled(current, why), nowMs);
  };

/** Delivery of one lane: guarded sending, the log of attempts, what follows from each, and endpoints in trouble. */
export const wireDeliver = async (lane: Lane): Promise<Delivering & RecordingFailures> => {
  const env = deliverEnv.parse(process.env);
  const client = makeDynamo();
  const step = makeSteps(env.FAULTS_URL);
  const { stageSubnets } = env.STAGE_SETTINGS;
  const tenants = makeTenants({
    client,
    table: env.CATALOG_TABLE,
    defaults: organizationDefaults(env.STAGE_SETTINGS),
    randomCopy,
  });
  const log = makeAttemptLog(
    client,
    { deliveries: env.DELIVERIES_TABLE, control: env.CONTROL_TABLE },
    env.BATCHED_INSERTS === 'true'
      ? makeInsertNew(client, env.DELIVERIES_TABLE)
      : (row) => putNew(client, env.DELIVERIES_TABLE, row),
  );
  const sqs = makeSqs();
  const queue = makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL);
  const payloads = makePayloads(makeS3(), env.PAYLOADS_BUCKET);
  const delivering = makeDelivering({
    lane,
    reader: makeDeliveryReader(
      {
        client,
        catalog: env.CATALOG_TABLE,
        messages: env.MESSAGES_TABLE,
        deliveries: env.DELIVERIES_TABLE,
        control: env.CONTROL_TABLE,
      },
      tenants,
    ),
    log: makeCountedLog(log, step),
    outbound: makeSender({ stageSubnets }),
    tenants,
    health: makeHealthStore(client, env.CONTROL_TABLE),
    parking: makeParkingStore(client, env.CONTROL_TABLE, deliveryText, (texts) =>
      queue.sendUnreadable(texts),
    ),
    throttle: makeThrottleStore(client, env.CONTROL_TABLE),
    queue,
    slowQueue: makeDeliveryQueue(sqs, env.SLOW_QUEUE_URL),
    due: makeDue(client, env.CONTROL_TABLE, queueMessageText),
    disableEndpoint: makeDisableEndpoint(makeEndpointStore(makeCatalog(client, env.CATALOG_TABLE))),
    readBody: (message, nowMs) => payloads.read(message, nowMs),
    signingKeys: makeSigningKeys(await secretBox(env.MAIN_SECRET_ARN)),
    ids: ids(),
    now,
    jitter,
    after,
    step,
  });
  return { ...delivering, failureLog: makeFailureLog(client, env.CONTROL_TABLE) };
};

/** The writer of the read models. */
export const wireProject = () => {
  const env = projectEnv.parse(process.env);
  const client = makeDynamo();
  const step = makeSteps(env.FAULTS_URL);
  const project = makeProjectAndMarkHours(
    makeProject(makeViews(client, env.VIEWS_TABLE, makeInsertNew(client, env.VIEWS_TABLE))),
    makeMarkDirtyHours(client, env.VIEWS_TABLE),
    now,
  );
  return {
    deadLetters: makeDeadLetters(makeSqs(), env.DEAD_LETTER_QUEUE_URL),
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    work: async (attempts: readonly Attempt[]) => {
      await step('project.read');
      const outcomes = await settleTogetherOrAlone(attempts, ({ id }) => id, project);
      await step('project.done');
      return outcomes;
    },
  };
};

/** Counts attempts of busy hours ahead of readers; `remainingMs` is the invocation's own. */
export const wireCountHours = () => {
  const env = countHoursEnv.parse(process.env);
  const book = makeHourlyStatistics(makeDynamo(), env.VIEWS_TABLE);
  const step = makeSteps(env.FAULTS_URL);
  return (remainingMs: () => number) => makeCountHours({ book, shards: SHARDS, now, remainingMs, step })();
};

/** The announcer of facts. */
export const wireAnnounce = () => {
  const env = announceEnv.parse(process.env);
  const client = makeDynamo();
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  const table = env.CATALOG_TABLE;
  const tenants = makeTenants({ client, table, defaults, randomCopy });
  return {
    deadLetters: makeDeadLetters(makeSqs(), env.DEAD_LETTER_QUEUE_URL),
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    announce: makeAnnounce({
      contexts: makeEventContexts({ client, table, defaults, tenants }),
      bus: makeEventBus(makeEventBridge(), env.EVENT_BUS_NAME),
      operational: makeOperational({
        tenants,
        messages: makeOperationalMessages(client, env.MESSAGES_TABLE),
        digest: (text) => createHash('sha256').update(text).digest(),
      }),
    }),
    step: makeSteps(env.FAULTS_URL),
  };
};

/** The sweep of what is due; `remainingMs` is the invocation's own. */
export const wireSweep = () => {
  const env = sweepEnv.parse(process.env);
  const client = makeDynamo();
  const store = {
    ...makeDue(client, env.CONTROL_TABLE, queueMessageText),
    ...makeSweepLease(client, env.CONTROL_TABLE),
  };
  const queue = makeDeliveryQueue(makeSqs(), env.DELIVERY_QUEUE_URL);
  const step = makeSteps(env.FAULTS_URL);
  return (remainingMs: () => number) => makeSweep({ store, queue, now, remainingMs, step })(randomUUID());
};
