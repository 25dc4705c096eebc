import { useParams } from 'wouter-preact';
import { PageHeader } from '../../components/page.tsx';
import { Banner } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { useCan } from '../../session/use-session.tsx';
import { Planner } from './planner.tsx';
import { TaskScreen } from './task-screen.tsx';
import { TasksCard } from './tasks-card.tsx';

/** Sending many messages again: preview, speed, progress, stop. */
export const ReplaysScreen = () => {
  const { t } = useI18n();
  const { taskId } = useParams<{ taskId?: string }>();
  const can = useCan('CreateAttempts');
  if (taskId !== undefined) return <TaskScreen key={taskId} taskId={taskId} />;
  return (
    <>
      <PageHeader title={t('replays.title')} subtitle={t('replays.subtitle')} />
      <div class="stack">
        {can ? <Planner /> : <Banner>{t('replays.readOnly')}</Banner>}
        <TasksCard />
      </div>
    </>
  );
};
