import type { EndpointStore } from '../catalog/catalog.port.ts';
import { makeCatalog } from '../catalog/commit.dynamo.ts';
import { autoDisable } from '../catalog/endpoints/auto-disable.domain.ts';
import { makeEndpointStore } from '../catalog/endpoints/endpoints.dynamo.ts';
import { makeTenants } from '../catalog/snapshots/tenants.dynamo.ts';
import { lazyPayloadObjects } from '../messages/lazy-payload-objects.ts';
import { makePayloads } from '../messages/payloads.ts';
import { makeDynamo, makeSqs } from '../platform/aws/clients.ts';
import { makeInsertNew } from '../platform/dynamodb/insert-new.ts';
import { putNew } from '../platform/dynamodb/put-new.ts';
import { deliverEnv } from '../platform/lambda/env.ts';
import { facts } from '../platform/lambda/facts.ts';
import { makeFailureLog } from '../platform/lambda/failure-log.dynamo.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import type { QueueServices } from '../platform/lambda/queue-worker.ts';
import { jitter, newIds, now, randomCopy } from '../platform/lambda/runtime.ts';
import { STARTS } from '../platform/limits/queues.domain.ts';
import { organizationDefaults } from '../platform/settings/organization-settings.ts';
import { makeDeadLetterRecord } from '../platform/sqs/dead-letter-record.sqs.ts';
import { mainSecret } from '../platform/secrets/main-secrets.ts';
import { makeRotatingSeal } from '../platform/secrets/seal.ts';
import { makeSteps } from '../platform/steps/fault-steps.ts';
import { makeAttemptLog } from './attempts/attempt-log.dynamo.ts';
import { makeCountedLog } from './attempts/counted-log.ts';
import { makeHealthStore } from './circuit-breaker/health.dynamo.ts';
import { makeParkingStore } from './circuit-breaker/parking.dynamo.ts';
import { makeDeliveryReader } from './delivery-reader.dynamo.ts';
import type { After, DisableEndpoint } from './delivery.port.ts';
import { makeCrowdingStore } from './lanes/crowding.dynamo.ts';
import type { Lane } from './lanes/lane.domain.ts';
import { makeLane } from './lanes/lane.flow.ts';
import { makeVolumes } from './lanes/route-by-volume.flow.ts';
import type { LaneFlows } from './lanes/lane.flow.ts';
import { wireOutbound } from './outbound.wiring.ts';
import { reportOutcomes } from './outcome-facts.ts';
import { startDeliveryBatch } from './queue/delivery-batch.ts';
import { makeDeliveryQueue } from './queue/delivery-queue.sqs.ts';
import {
  formatDelivery,
  formatQueueMessage,
  parseDelivery,
  parseQueueMessage,
  queueMessageLogFields,
} from './queue/queue-message.ts';
import { makeDue } from './retries/due-items.dynamo.ts';
import { makeSecretBox, makeSigningKeys } from './signing/secret-box.ts';
import { makeThrottleStore } from './throttle/throttle.dynamo.ts';

const after: After = (ms, task) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};
const queueMessageText = { format: formatQueueMessage, parse: parseQueueMessage };
const deliveryText = { format: formatDelivery, parse: parseDelivery };

const makeDisableEndpoint =
  (endpoints: EndpointStore): DisableEndpoint =>
  async ({ orgId, appId, endpointId }, why, nowMs) => {
    await endpoints.change(orgId, appId, endpointId, (current) => autoDisable(current, why), nowMs);
  };

/** The flows of one lane with their AWS adapters. */
const wireDeliver = async (lane: Lane): Promise<LaneFlows & QueueServices> => {
  const env = deliverEnv.parse(process.env);
  const client = makeDynamo();
  const step = makeSteps(env.FAULTS_URL);
  const { stageSubnets, rowRetentionDays } = env.STAGE_SETTINGS;
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
    rowRetentionDays,
  );
  const sqs = makeSqs();
  const queue = makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL);
  const payloads = makePayloads(lazyPayloadObjects(env.PAYLOADS_BUCKET));
  const flows = makeLane({
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
    outbound: wireOutbound(stageSubnets),
    tenants,
    health: makeHealthStore(client, env.CONTROL_TABLE),
    parking: makeParkingStore(client, env.CONTROL_TABLE, deliveryText, (texts) =>
      queue.sendUnreadable(texts),
    ),
    throttle: makeThrottleStore(client, env.CONTROL_TABLE),
    crowding: makeCrowdingStore(client, env.CONTROL_TABLE),
    concurrency: env.LANE_CONCURRENCY,
    queue,
    bulkQueue: makeDeliveryQueue(sqs, env.BULK_QUEUE_URL),
    slowQueue: makeDeliveryQueue(sqs, env.SLOW_QUEUE_URL),
    volumes: makeVolumes(),
    due: makeDue(client, env.CONTROL_TABLE, queueMessageText),
    disableEndpoint: makeDisableEndpoint(makeEndpointStore(makeCatalog(client, env.CATALOG_TABLE))),
    readBody: (message, nowMs) => payloads.read(message, nowMs),
    signingKeys: makeSigningKeys(makeSecretBox(await makeRotatingSeal(mainSecret(env.MAIN_SECRET_ARN)))),
    breakerOpened: () => facts.countNow('BreakerOpened', 1),
    ids: newIds(),
    now,
    jitter,
    after,
    step,
  });
  return {
    ...flows,
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    deadLetterRecord: makeDeadLetterRecord(sqs, env.DEAD_LETTER_QUEUE_URL),
  };
};

/** The handler of a lane's queue. */
export const laneWorker = (lane: Lane) =>
  queueWorker(
    () => wireDeliver(lane),
    (flows, records, context) =>
      startDeliveryBatch(
        flows,
        records,
        () => context.getRemainingTimeInMillis(),
        reportOutcomes(facts, context.functionName),
      ),
    queueMessageLogFields,
    STARTS.delivery,
  );
