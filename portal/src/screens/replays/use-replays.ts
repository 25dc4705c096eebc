import { useMutation, useQuery, useQueryClient } from '@tanstack/preact-query';
import { dataOf, idempotencyKey } from '../../api/client.ts';
import type { OffSpan, Task } from '../../api/types.ts';
import { MAY_VANISH } from '../../api/vanished.ts';
import { useToast } from '../../components/toast.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Filters } from '../../lib/filters.ts';
import { isRecord } from '../../lib/records.ts';
import type { ReplayPlan } from '../../lib/replay-link.ts';
import { usePolling } from '../../polling/polling.tsx';
import type { Session } from '../../session/session.ts';
import { useSession } from '../../session/use-session.tsx';
import { replayBody } from './replay-order.ts';

export interface Order {
  readonly plan: ReplayPlan;
  readonly filters: Filters;
  readonly rate: number;
}

/** What a replay would send. */
export interface Estimate {
  readonly messages: number;
  /** False: there are more than were counted. */
  readonly complete: boolean;
}

const send = async (
  { api, appId }: Session,
  { plan, filters, rate }: Order,
  dryRun: boolean,
): Promise<unknown> => {
  const path = { app_id: appId, endpoint_id: plan.endpoint };
  const query = { rate, ...(dryRun ? { dry_run: true } : {}) };
  const body = { since: '', ...replayBody(plan, filters) };
  const headers = dryRun ? {} : { 'idempotency-key': idempotencyKey() };
  const options = { params: { path, query }, body, headers };
  switch (plan.kind) {
    case 'recover':
      return dataOf(await api.POST('/api/v1/app/{app_id}/endpoint/{endpoint_id}/recover', options));
    case 'bulk-replay':
      return dataOf(await api.POST('/api/v1/app/{app_id}/endpoint/{endpoint_id}/bulk-replay', options));
    case 'replay-missing':
      return dataOf(
        await api.POST('/api/v1/app/{app_id}/endpoint/{endpoint_id}/replay-missing', {
          ...options,
          body: replayBody(plan, filters),
        }),
      );
  }
};

const isEstimate = (answer: unknown): answer is Estimate =>
  isRecord(answer) && typeof answer['messages'] === 'number' && typeof answer['complete'] === 'boolean';

/** Counts what would be sent, without sending it. */
export const usePreview = () => {
  const session = useSession();
  return useMutation({
    mutationFn: async (order: Order): Promise<Estimate & { readonly order: Order }> => {
      const answer = await send(session, order, true);
      if (!isEstimate(answer)) throw new Error('not an estimate');
      return { ...answer, order };
    },
  });
};

/** Starts to send. The answer is the id of the task. */
export const useStart = (onStarted: (taskId: string) => void) => {
  const session = useSession();
  const client = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: async (order: Order): Promise<string> => {
      const answer = await send(session, order, false);
      if (!isRecord(answer) || typeof answer['id'] !== 'string') throw new Error('not a task');
      return answer['id'];
    },
    onSuccess: (taskId) => {
      void client.invalidateQueries({ queryKey: ['tasks'] });
      onStarted(taskId);
    },
    onError: toast.sayFailure,
  });
};

const PAGE = 25;

/** The newest tasks of the application. */
export const useTasks = () => {
  const { api, appId } = useSession();
  const queryKey = ['tasks', appId];
  const found = useQuery({
    queryKey,
    meta: MAY_VANISH,
    queryFn: async ({ signal }): Promise<readonly Task[]> => {
      const params = { path: { app_id: appId }, query: { limit: PAGE } };
      return dataOf(await api.GET('/api/v1/app/{app_id}/background-task', { params, signal })).data;
    },
  });
  usePolling(queryKey, found.data?.some(({ status }) => status === 'running') ?? false);
  return found;
};

/** One task, kept fresh while it runs. */
export const useTask = (taskId: string) => {
  const { api } = useSession();
  const queryKey = ['tasks', 'one', taskId];
  const found = useQuery({
    queryKey,
    meta: MAY_VANISH,
    queryFn: async ({ signal }): Promise<Task> => {
      const params = { path: { task_id: taskId } };
      return dataOf(await api.GET('/api/v1/background-task/{task_id}', { params, signal }));
    },
  });
  usePolling(queryKey, found.data?.status === 'running');
  return found;
};

export const useStop = (taskId: string) => {
  const { api } = useSession();
  const client = useQueryClient();
  const toast = useToast();
  const { t } = useI18n();
  return useMutation({
    mutationFn: () =>
      api.POST('/api/v1/background-task/{task_id}/cancel', { params: { path: { task_id: taskId } } }),
    onSuccess: () => {
      toast.say(t('replays.run.stopped'));
      void client.invalidateQueries({ queryKey: ['tasks'] });
    },
    onError: toast.sayFailure,
  });
};

/** The last times in which the endpoint was off, with what it missed. */
export const useOffSpans = (endpointId: string) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['off-spans-counted', appId, endpointId],
    enabled: endpointId !== '',
    queryFn: async ({ signal }): Promise<readonly OffSpan[]> => {
      const params = { path: { app_id: appId, endpoint_id: endpointId }, query: { count: true } };
      return dataOf(
        await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/off-spans', { params, signal }),
      ).data;
    },
  });
};
