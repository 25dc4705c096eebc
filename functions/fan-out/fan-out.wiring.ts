import { makeTenants } from '../catalog/snapshots/tenants.dynamo.ts';
import { makeRouteByVolume, makeVolumes } from '../deliver/lanes/route-by-volume.flow.ts';
import { makeDeliveryQueue } from '../deliver/queue/delivery-queue.sqs.ts';
import { formatQueueMessage, parseQueueMessage } from '../deliver/queue/queue-message.ts';
import { makeDue } from '../deliver/retries/due-items.dynamo.ts';
import { makeDynamo, makeSqs } from '../platform/aws/clients.ts';
import { fanOutEnv } from '../platform/lambda/env.ts';
import { makeFailureLog } from '../platform/lambda/failure-log.dynamo.ts';
import { now, randomCopy } from '../platform/lambda/runtime.ts';
import { organizationDefaults } from '../platform/settings/organization-settings.ts';
import { makeDeadLetterRecord } from '../platform/sqs/dead-letter-record.sqs.ts';
import { makeDeadLetters } from '../platform/sqs/dead-letters.sqs.ts';
import { makeSteps } from '../platform/steps/fault-steps.ts';
import { makeFanOut } from './fan-out.flow.ts';
import { makeMeasureRate } from './message-rate.dynamo.ts';
import { makeWideQueue } from './wide-queue.sqs.ts';

const queueMessageText = { format: formatQueueMessage, parse: parseQueueMessage };

/**
 * The fan-out of the Messages stream and of wide messages, with its AWS adapters. `measures`: the rates of applications,
 * which pages of wide messages need not know.
 */
export const wireFanOut = ({ measures }: { readonly measures: boolean }) => {
  const env = fanOutEnv.parse(process.env);
  const client = makeDynamo();
  const sqs = makeSqs();
  const queue = makeRouteByVolume({
    queue: makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL),
    bulkQueue: makeDeliveryQueue(sqs, env.BULK_QUEUE_URL),
    volumes: makeVolumes(),
    measureRate: measures ? makeMeasureRate(client, env.MESSAGES_TABLE, now) : undefined,
    now,
  });
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  return {
    deadLetters: makeDeadLetters(sqs, env.DEAD_LETTER_QUEUE_URL),
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    deadLetterRecord: makeDeadLetterRecord(sqs, env.DEAD_LETTER_QUEUE_URL),
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
