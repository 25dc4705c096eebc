import * as z from 'zod';
import { idTime } from '../../platform/ids/ids.domain.ts';
import { isReplay, isStatistics } from '../../replay/task.domain.ts';
import type { Task } from '../../replay/task.domain.ts';
import { RawJson, instant } from '../wire/json.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

/** The statuses and kinds that clients know. Strictly typed clients reject others. */
export const taskStatus = () => z.enum(['running', 'finished', 'failed']);
export const taskKind = () =>
  z.enum([
    'endpoint.replay',
    'endpoint.recover',
    'application.stats',
    'message.broadcast',
    'sdk.generate',
    'event-type.aggregate',
    'application.purge_content',
    'endpoint.bulk-replay',
  ]);

const summary = () => ({
  id: z.string().meta({ examples: ['qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
  status: taskStatus(),
  task: taskKind(),
  updatedAt: z.string().meta({ format: 'date-time' }),
});

const resultList = (description: string) =>
  z
    .custom<RawJson>()
    .meta({ override: { type: 'array', items: { type: 'object' } }, description })
    .optional();

/** The response to the start of a task. `id` is the name of the schema. */
export const startedOut = (id: string) => z.object(summary()).meta({ id });

export const backgroundTaskOut = component('BackgroundTaskOut', () => ({
  ...summary(),
  data: z
    .object({
      appId: z.string().optional(),
      endpointId: z.string().optional().meta({ description: 'Of a task that sends messages' }),
      since: z.string().meta({ format: 'date-time' }),
      until: z.string().meta({ format: 'date-time' }),
      messagesSent: z.int().optional().meta({ description: 'Messages queued so far' }),
      messagesPurged: z.int().optional().meta({ description: 'Messages whose contents were erased so far' }),
      appStats: resultList(
        'Of `application.stats`, when it is finished: attempts that were sent, by application',
      ),
      event_types: resultList(
        'Of `event-type.aggregate`, when it is finished: event types that endpoints subscribe to, by application',
      ),
      progress: z.number().meta({ description: 'The processed share of the period, 0 to 1' }),
      rate: z.number().optional().meta({ description: 'The most messages a second' }),
      reason: z
        .string()
        .optional()
        .meta({ description: 'Why the task failed; `cancelled` if a client cancelled it' }),
    })
    .meta({ id: 'BackgroundTaskData' }),
}));

export const estimateOut = component('ReplayEstimateOut', () => ({
  task: taskKind(),
  since: z.string().meta({ format: 'date-time' }),
  until: z.string().meta({ format: 'date-time' }),
  messages: z.int().meta({ description: 'Messages that would be sent' }),
  complete: z.boolean().meta({ description: '`false`: there are more messages than were counted in time' }),
  rate: z.number().meta({ description: 'The most messages a second' }),
  seconds: z.int().meta({ description: 'How long sending them takes at the rate' }),
}));

const summaryOf = ({ id, state, kind, updatedAt }: Task) => ({
  id,
  status: state.kind,
  task: kind,
  updatedAt: instant(updatedAt),
});

export const printStarted = (task: Task): ValueOf<typeof startedOut> => summaryOf(task);

const progressOf = ({ state, cursor, since, until }: Task): number => {
  if (state.kind === 'finished') return 1;
  const reached = cursor === null ? undefined : idTime(cursor);
  return reached === undefined || until <= since ? 0 : Math.min(1, (reached - since) / (until - since));
};

/** The parts of a result, each a JSON list, as one list. */
const joined = (parts: readonly string[]): RawJson =>
  new RawJson(
    `[${parts
      .map((part) => part.slice(1, -1))
      .filter((items) => items !== '')
      .join(',')}]`,
  );

type Data = ValueOf<typeof backgroundTaskOut>['data'];

/** What a kind of tasks prints besides what all do. `results`: null: they are left out. */
const dataOf = (task: Task, results: readonly string[] | null): Partial<Data> => {
  if (isReplay(task)) return { endpointId: task.endpointId, messagesSent: task.count, rate: task.rate };
  if (!isStatistics(task)) return { messagesPurged: task.count, rate: task.rate };
  if (results === null) return {};
  return task.kind === 'application.stats' ? { appStats: joined(results) } : { event_types: joined(results) };
};

/** `results`: of a finished task that computes statistics. */
export const printTask = (
  task: Task,
  results: readonly string[] | null = null,
): ValueOf<typeof backgroundTaskOut> => ({
  ...summaryOf(task),
  data: {
    appId: task.appId ?? undefined,
    ...dataOf(task, results),
    since: instant(task.since),
    until: instant(task.until),
    progress: progressOf(task),
    reason: task.state.kind === 'failed' ? task.state.reason : undefined,
  },
});
