import { randomUUID } from 'node:crypto';
import { makeDynamo, makeSqs } from '../../platform/aws/clients.ts';
import { sweepEnv } from '../../platform/lambda/env.ts';
import { now } from '../../platform/lambda/runtime.ts';
import { makeSteps } from '../../platform/steps/fault-steps.ts';
import { makeRouteByVolume, makeVolumes } from '../lanes/route-by-volume.flow.ts';
import { makeDeliveryQueue } from '../queue/delivery-queue.sqs.ts';
import { formatQueueMessage, parseQueueMessage } from '../queue/queue-message.ts';
import { makeDue } from './due-items.dynamo.ts';
import { makeSweepLease } from './sweep-lease.dynamo.ts';
import { makeSweep } from './sweep.flow.ts';

const queueMessageText = { format: formatQueueMessage, parse: parseQueueMessage };

/** The sweeper with its AWS adapters; `remainingMs`: of the invocation. */
export const wireSweep = () => {
  const env = sweepEnv.parse(process.env);
  const client = makeDynamo();
  const store = {
    ...makeDue(client, env.CONTROL_TABLE, queueMessageText),
    ...makeSweepLease(client, env.CONTROL_TABLE),
  };
  const sqs = makeSqs();
  const queue = makeRouteByVolume({
    queue: makeDeliveryQueue(sqs, env.DELIVERY_QUEUE_URL),
    bulkQueue: makeDeliveryQueue(sqs, env.BULK_QUEUE_URL),
    volumes: makeVolumes(),
    now,
  });
  const step = makeSteps(env.FAULTS_URL);
  return (remainingMs: () => number) => makeSweep({ store, queue, now, remainingMs, step })(randomUUID());
};
