import { setTimeout as wait } from 'node:timers/promises';
import type { TenantKey } from '../../functions/catalog/catalog.port.ts';
import type { DeliveryQueue } from '../../functions/deliver/delivery.port.ts';
import type { Counts, Owed } from '../../functions/fan-out/reconcile/reconcile.flow.ts';
import { NO_COUNTS, makeReconcile } from '../../functions/fan-out/reconcile/reconcile.flow.ts';
import { makeDeliveryQueue } from '../../functions/deliver/queue/delivery-queue.sqs.ts';
import type { FoundApplications } from '../../functions/fan-out/reconcile/reconcile.dynamo.ts';
import {
  allApplications,
  allWaiting,
  makeReconcileStore,
} from '../../functions/fan-out/reconcile/reconcile.dynamo.ts';
import { makeTenants } from '../../functions/catalog/snapshots/tenants.dynamo.ts';
import type { Stage } from '../dlq/stage.ts';
import type { CommandProcess } from '../local/run-command.ts';
import type { ReconcileOptions } from './options.ts';
import { settingsDefaults } from './defaults.ts';
import { graceOf } from './grace.ts';
import { warnOfDeadLetters } from './dead-letters.ts';

export interface Terminal extends Pick<CommandProcess, 'say' | 'now' | 'signal'> {
  /** Replaces the grace period that is computed from the queues (ms). */
  readonly graceMs?: number;
}

const tablesOf = ({ dynamo, get }: Stage) => ({
  client: dynamo,
  catalog: get('CatalogTableName'),
  messages: get('MessagesTableName'),
  deliveries: get('DeliveriesTableName'),
  control: get('ControlTableName'),
});

const line = ({ kind, delivery, since }: Owed): string => {
  const { appId, messageId, endpointId, trigger } = delivery;
  const number = trigger.kind === 'scheduled' ? trigger.number : 0;
  return `${kind.padEnd(14)} since ${new Date(since).toISOString()}  ${appId} ${messageId} ${endpointId} attempt ${number}`;
};

/**
 * Queues the deliveries again, at most `rate` a second. A delivery that is in a queue after all keeps its identity, so
 * it is deduplicated.
 */
const requeue = async (queue: DeliveryQueue, owed: readonly Owed[], rate: number): Promise<void> => {
  await queue.send(owed.map(({ delivery }) => ({ delivery, delaySeconds: 0 })));
  await wait((owed.length / rate) * 1000);
};

const add = (left: Counts, right: Counts): Counts => ({
  settled: left.settled + right.settled,
  waiting: left.waiting + right.waiting,
  parked: left.parked + right.parked,
  'never-tried': left['never-tried'] + right['never-tried'],
  'retry-not-made': left['retry-not-made'] + right['retry-not-made'],
  uncertain: left.uncertain + right.uncertain,
  unreadable: left.unreadable + right.unreadable,
});

const selectApplications = ({ app, from }: ReconcileOptions, { applications }: FoundApplications) =>
  applications.filter(
    ({ appId, uid }) =>
      (app === undefined || app === appId || app === uid) && (from === undefined || appId >= from),
  );

const summary = (counts: Counts, fixed: number): string =>
  [
    `${counts['never-tried']} deliveries never attempted, ${counts['retry-not-made']} with an overdue retry,`,
    `${counts.uncertain} uncertain (endpoint changed since); ${fixed} queued again.`,
    `Not overdue: ${counts.settled} settled, ${counts.waiting} waiting, ${counts.parked} parked.`,
    ...(counts.unreadable > 0 ? [`${counts.unreadable} messages could not be parsed and were skipped.`] : []),
  ].join(' ');

/** Compares accepted messages with their deliveries, application by application. Returns the counts. */
export const reconcile = async (
  stage: Stage,
  options: ReconcileOptions,
  terminal: Terminal,
): Promise<Counts> => {
  const { say, now, signal } = terminal;
  const tables = tablesOf(stage);
  const tenants = makeTenants({
    client: stage.dynamo,
    table: tables.catalog,
    defaults: await settingsDefaults(stage),
    randomCopy: () => 0,
  });
  await warnOfDeadLetters(stage, options.stage, say);
  const queue = makeDeliveryQueue(stage.queues, stage.get('BulkDeliveryQueueUrl'));
  const graceMs = terminal.graceMs ?? (await graceOf(stage, { queueAge: options.queueAge, now: now(), say }));
  const found = await allApplications(tables);
  for (const key of found.unreadable) say(`Skipped the application row at ${key}: it cannot be parsed`);
  const applications: readonly TenantKey[] = selectApplications(options, found);
  say(`${applications.length} applications; deliveries count as overdue after ${graceMs / 1000} s.`);
  let fixed = 0;
  const run = makeReconcile({
    store: makeReconcileStore(tables),
    waiting: await allWaiting(tables),
    now,
    graceMs,
    found: async (owed) => {
      for (const one of owed) say(line(one));
      const selected = owed.filter(({ kind }) => kind !== 'uncertain' || options.changed);
      if (!options.fix || selected.length === 0) return;
      await requeue(queue, selected, options.rate);
      fixed += selected.length;
    },
  });
  const until = now();
  let counts = NO_COUNTS;
  for (const key of applications) {
    if (signal.aborted) {
      say(`Stopped; continue with --from ${key.appId}`);
      break;
    }
    const [loaded] = await tenants.loadSettled([key], (tenant) => tenant);
    if (loaded?.status === 'rejected') {
      say(`Skipped application ${key.appId}: ${String(loaded.reason)}`);
      continue;
    }
    const tenant = loaded?.value;
    for (const { id, reason } of tenant?.unreadable ?? [])
      say(`Skipped ${id} of application ${key.appId}: ${reason}`);
    if (tenant !== undefined) counts = add(counts, await run(tenant, options.since, until));
  }
  say(summary(counts, fixed));
  return counts;
};
