import { settingAll } from '../platform/dynamodb/update-row.ts';
import * as z from 'zod';
import { appId, endpointId, orgId } from '../platform/ids/brand.domain.ts';
import { CAUSES } from '../deliver/explanation.domain.ts';
import { isReplay, isStatistics } from './task.domain.ts';
import type { Task, TaskState } from './task.domain.ts';
import { controlKeys } from '../platform/dynamodb/keys.ts';
import { rowTtl } from '../messages/message-row.ts';
import type { Row } from '../platform/dynamodb/table.ts';

const VERSION = 1;

const filters = z.object({
  eventTypes: z.array(z.string()).nullable(),
  channel: z.string().nullable(),
  tag: z.string().nullable(),
  progress: z.enum(['succeeded', 'unsuccessful', 'canceled', 'sending', 'never']).nullable(),
  statusCodes: z.object({ from: z.number(), to: z.number() }).nullable(),
  causes: z.array(z.enum(CAUSES)).nullable(),
});

const common = z.object({
  v: z.literal(VERSION),
  sk: z.string(),
  o: z.string().transform(orgId),
  sn: z.number(),
  un: z.number(),
  ra: z.number(),
  st: z.enum(['running', 'finished', 'failed']),
  re: z.string().optional(),
  cu: z.string().optional(),
  n: z.number(),
  pu: z.number(),
  ca: z.number(),
  ua: z.number(),
});

const row = z.discriminatedUnion('k', [
  common.extend({
    k: z.enum(['endpoint.recover', 'endpoint.replay', 'endpoint.bulk-replay']),
    a: z.string().transform(appId),
    e: z.string().transform(endpointId),
    fi: filters,
  }),
  common.extend({ k: z.literal('application.purge_content'), a: z.string().transform(appId) }),
  common.extend({
    k: z.enum(['application.stats', 'event-type.aggregate']),
    as: z.array(z.string().transform(appId)).optional(),
  }),
]);

const stateOf = ({ st: kind, re: reason = '' }: z.output<typeof common>): TaskState =>
  kind === 'failed' ? { kind, reason } : { kind };

/** The attributes that change while a task runs. */
const progressOf = ({ state, cursor, count, pacedUntil, updatedAt }: Task) => ({
  st: state.kind,
  re: state.kind === 'failed' ? state.reason : undefined,
  cu: cursor ?? undefined,
  n: count,
  pu: pacedUntil,
  ua: updatedAt,
});

/** The update that stores how far a task is. */
export const taskChanges = (task: Task) =>
  settingAll(Object.fromEntries(Object.entries(progressOf(task)).filter(([, value]) => value !== undefined)));

export const taskRow = (task: Task): Row => ({
  ...controlKeys.task(task.orgId, task.id),
  ...{ v: VERSION, type: 'task', o: task.orgId, k: task.kind },
  ...{ sn: task.since, un: task.until, ra: task.rate, ca: task.createdAt },
  ...(task.appId !== null && { a: task.appId }),
  ...(isReplay(task) && { e: task.endpointId, fi: task.filters }),
  ...(isStatistics(task) && task.apps !== null && { as: task.apps }),
  ...progressOf(task),
  ttl: rowTtl(task.createdAt), // as long as the messages that it is about
});

/** Parses a task row. Throws for other formats. */
export const parseTaskRow = (item: Row): Task => {
  const parsed = row.parse(item);
  const shared = {
    orgId: parsed.o,
    id: parsed.sk,
    since: parsed.sn,
    until: parsed.un,
    rate: parsed.ra,
    state: stateOf(parsed),
    cursor: parsed.cu ?? null,
    count: parsed.n,
    pacedUntil: parsed.pu,
    createdAt: parsed.ca,
    updatedAt: parsed.ua,
  };
  switch (parsed.k) {
    case 'application.stats':
    case 'event-type.aggregate':
      return { ...shared, kind: parsed.k, appId: null, apps: parsed.as ?? null };
    case 'application.purge_content':
      return { ...shared, kind: parsed.k, appId: parsed.a };
    case 'endpoint.recover':
    case 'endpoint.replay':
    case 'endpoint.bulk-replay':
      return { ...shared, kind: parsed.k, appId: parsed.a, endpointId: parsed.e, filters: parsed.fi };
  }
};
