import { makeApplicationStore } from '../catalog/applications/applications.dynamo.ts';
import { makeCatalog } from '../catalog/commit.dynamo.ts';
import { makeEventTypeStore } from '../catalog/event-types/event-types.dynamo.ts';
import { makeTenants } from '../catalog/snapshots/tenants.dynamo.ts';
import { makeReservePublishes } from '../deliver/throttle/throttle.dynamo.ts';
import { lazyPayloadObjects } from '../messages/lazy-payload-objects.ts';
import { makePayloads } from '../messages/payloads.ts';
import { makeDynamo, makeSqs } from '../platform/aws/clients.ts';
import { makeInsertNew } from '../platform/dynamodb/insert-new.ts';
import { makeOnce } from '../platform/idempotency/once.ts';
import { ingestEnv } from '../platform/lambda/env.ts';
import { makeFailureLog } from '../platform/lambda/failure-log.dynamo.ts';
import { jitter, newIds, now, randomCopy } from '../platform/lambda/runtime.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../platform/limits/function-timeouts.domain.ts';
import { organizationDefaults } from '../platform/settings/organization-settings.ts';
import { makeDeadLetterRecord } from '../platform/sqs/dead-letter-record.sqs.ts';
import { makeSteps } from '../platform/steps/fault-steps.ts';
import { makeEventIds } from '../publish/event-ids.dynamo.ts';
import { makePublishEvent } from '../publish/publish-event.flow.ts';
import { makePublishLimits } from '../publish/publish-limits/publish-limits.flow.ts';
import { makeCheckPayloads } from '../publish/schema-check/check-payload.flow.ts';
import { makeFindSchemas } from '../publish/schema-check/compiled-schemas.ts';
import { makeReportViolation } from '../publish/schema-check/report-violation.ts';
import { oncePerBatch } from './once-per-batch.ts';
import type { IngestFact } from './ingest.flow.ts';
import { makeIngest } from './ingest.flow.ts';
import { makeIngestQueues } from './ingest-queues.sqs.ts';
import { makeMessageDecoder } from './message-decoder.wiring.ts';

/** Wires the function that publishes the records of the ingest queue. */
export const wireIngest = (report: (fact: IngestFact) => void) => {
  const env = ingestEnv.parse(process.env);
  const client = makeDynamo();
  const defaults = organizationDefaults(env.STAGE_SETTINGS);
  const { rowRetentionDays } = env.STAGE_SETTINGS;
  const tenants = makeTenants({ client, table: env.CATALOG_TABLE, defaults, randomCopy });
  const catalog = makeCatalog(client, env.CATALOG_TABLE);
  const insert = env.BATCHED_INSERTS === 'true' ? { insert: makeInsertNew(client, env.MESSAGES_TABLE) } : {};
  const sqs = makeSqs();
  const step = makeSteps(env.FAULTS_URL);
  const payloads = makePayloads(lazyPayloadObjects(env.PAYLOADS_BUCKET));
  const publishing = {
    ...{ now, step, rowRetentionDays, freshTenants: tenants },
    applications: makeApplicationStore(catalog),
    messages: { storePayload: (...payload: Parameters<typeof payloads.store>) => payloads.store(...payload) },
    eventIds: makeEventIds({ client, table: env.MESSAGES_TABLE, ...insert }),
    once: makeOnce(FUNCTION_TIMEOUT_SECONDS.ingest * 1_000),
    admit: makePublishLimits({ reserve: makeReservePublishes(client, env.CONTROL_TABLE), now }),
    checkPayloads: makeCheckPayloads({
      schemas: makeFindSchemas(makeEventTypeStore(catalog)),
      report: makeReportViolation(env.STAGE),
      now,
    }),
    ids: newIds(),
  };
  const ingest = makeIngest({
    ...{ orgId: env.INGEST_ORGANIZATION, jitter, now, step, report },
    decode: makeMessageDecoder(),
    queues: makeIngestQueues(sqs, {
      queue: env.INGEST_QUEUE_URL,
      deadLetters: env.DEAD_LETTER_QUEUE_URL,
    }),
  });
  return {
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    deadLetterRecord: makeDeadLetterRecord(sqs, env.DEAD_LETTER_QUEUE_URL),
    ingest,
    /** Publishes for one batch, with one read of each application. */
    publisher: () => makePublishEvent({ ...publishing, tenants: oncePerBatch(tenants) }),
  };
};
