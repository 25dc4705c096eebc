import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useEndpointChoice } from '../../api/catalog.ts';
import type { Task } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card, Facts, PageHeader } from '../../components/page.tsx';
import { Banner, Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { useCan } from '../../session/use-session.tsx';
import { TaskBadge, TaskProgress, stateOf, useTaskKind } from './task-status.tsx';
import { useStop, useTask } from './use-replays.ts';

const StopButton = ({ task }: { task: Task }) => {
  const { t } = useI18n();
  const can = useCan('CreateAttempts');
  const [isAsking, setAsking] = useState(false);
  const stop = useStop(task.id);
  if (!can || task.status !== 'running') return null;
  return (
    <>
      <Button variant="danger" onClick={() => setAsking(true)}>
        <Icon name="pause" /> {t('replays.run.stop')}
      </Button>
      {isAsking ? (
        <Confirm
          title={t('replays.run.stop.title')}
          confirm={t('replays.run.stop.confirm')}
          busy={stop.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() => stop.mutate(undefined, { onSettled: () => setAsking(false) })}
        >
          <p>{t('replays.run.stop.text')}</p>
        </Confirm>
      ) : null}
    </>
  );
};

const TaskFacts = ({ task }: { task: Task }) => {
  const { t } = useI18n();
  const endpoints = useEndpointChoice().data?.items ?? [];
  const { endpointId = '', since, until, rate } = task.data;
  const url = endpoints.find(({ id }) => id === endpointId)?.url ?? endpointId;
  return (
    <Facts
      items={[
        [
          t('replays.endpoint'),
          <Link key="endpoint" href={`/endpoints/${endpointId}`} class="break">
            {url}
          </Link>,
        ],
        [
          t('replays.run.period'),
          <>
            <Time at={since} form="exact" /> – <Time at={until} form="exact" />
          </>,
        ],
        ...(rate === undefined ? [] : [[t('replays.rate'), t('replays.rate.value', { rate })] as const]),
        [t('replays.run.updated'), <Time key="updated" at={task.updatedAt} />],
      ]}
    />
  );
};

const TaskParts = ({ task }: { task: Task }) => {
  const { t } = useI18n();
  const kindOf = useTaskKind();
  const { reason } = task.data;
  return (
    <>
      <PageHeader
        title={kindOf(task)}
        subtitle={<TaskBadge task={task} />}
        back={{ href: '/replays', label: t('replays.title') }}
        actions={<StopButton task={task} />}
      />
      <div class="stack">
        {stateOf(task) === 'failed' && reason !== undefined ? (
          <Banner tone="danger">{t('replays.run.reason', { reason })}</Banner>
        ) : null}
        <Card title={t('replays.run.progress')}>
          <TaskProgress task={task} />
        </Card>
        <Card title={t('replays.run')}>
          <TaskFacts task={task} />
        </Card>
      </div>
    </>
  );
};

/** One run: how far it is, and the way to stop it. */
export const TaskScreen = ({ taskId }: { taskId: string }) => {
  const { t } = useI18n();
  const task = useTask(taskId);
  return (
    <Loaded
      query={task}
      isScreen
      subject={{
        title: t('missing.run'),
        text: t('missing.stored.text'),
        back: { href: '/replays', label: t('replays.title') },
      }}
    >
      {(data) => <TaskParts task={data} />}
    </Loaded>
  );
};
