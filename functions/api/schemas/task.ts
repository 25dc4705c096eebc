import * as z from 'zod';
import { idTime } from '../../platform/ids/ids.domain.ts';
import { isReplay } from '../../replay/task.domain.ts';
import type { Task } from '../../replay/task.domain.ts';
import { instant } from '../wire/json.ts';
import { memoize } from '../memoize.ts';

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

/** The response to the start of a task. `id` is the name of the schema. */
export const startedOut = (id: string) => z.object(summary()).meta({ id });

export const backgroundTaskOut = memoize(() =>
  z
    .object({
      ...summary(),
      data: z
        .object({
          appId: z.string(),
          endpointId: z.string().optional().meta({ description: 'Of a task that sends messages' }),
          since: z.string().meta({ format: 'date-time' }),
          until: z.string().meta({ format: 'date-time' }),
          messagesSent: z.int().optional().meta({ description: 'Messages queued so far' }),
          messagesPurged: z
            .int()
            .optional()
            .meta({ description: 'Messages whose contents were erased so far' }),
          progress: z.number().meta({ description: 'The processed share of the period, 0 to 1' }),
          rate: z.number().meta({ description: 'The most messages a second' }),
          reason: z
            .string()
            .optional()
            .meta({ description: 'Why the task failed; `cancelled` if a client cancelled it' }),
        })
        .meta({ id: 'BackgroundTaskData' }),
    })
    .meta({ id: 'BackgroundTaskOut' }),
);

export const estimateOut = memoize(() =>
  z
    .object({
      task: taskKind(),
      since: z.string().meta({ format: 'date-time' }),
      until: z.string().meta({ format: 'date-time' }),
      messages: z.int().meta({ description: 'Messages that would be sent' }),
      complete: z
        .boolean()
        .meta({ description: '`false`: there are more messages than were counted in time' }),
      rate: z.number().meta({ description: 'The most messages a second' }),
      seconds: z.int().meta({ description: 'How long sending them takes at the rate' }),
    })
    .meta({ id: 'ReplayEstimateOut' }),
);

const summaryOf = ({ id, state, kind, updatedAt }: Task) => ({
  id,
  status: state.kind,
  task: kind,
  updatedAt: instant(updatedAt),
});

export const printStarted = (task: Task): z.output<ReturnType<typeof startedOut>> => summaryOf(task);

const progressOf = ({ state, cursor, since, until }: Task): number => {
  if (state.kind === 'finished') return 1;
  const reached = cursor === null ? undefined : idTime(cursor);
  return reached === undefined || until <= since ? 0 : Math.min(1, (reached - since) / (until - since));
};

export const printTask = (task: Task): z.output<ReturnType<typeof backgroundTaskOut>> => ({
  ...summaryOf(task),
  data: {
    appId: task.appId,
    endpointId: isReplay(task) ? task.endpointId : undefined,
    since: instant(task.since),
    until: instant(task.until),
    ...(isReplay(task) ? { messagesSent: task.count } : { messagesPurged: task.count }),
    progress: progressOf(task),
    rate: task.rate,
    reason: task.state.kind === 'failed' ? task.state.reason : undefined,
  },
});
