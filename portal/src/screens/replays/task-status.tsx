import type { Task } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import type { Tone } from '../../components/badge.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Key } from '../../i18n/i18n.tsx';

type State = Task['status'] | 'cancelled';

const STATES: Readonly<Record<State, readonly [Key, Tone]>> = {
  running: ['replays.run.status.running', 'accent'],
  finished: ['replays.run.status.finished', 'success'],
  failed: ['replays.run.status.failed', 'danger'],
  cancelled: ['replays.run.status.cancelled', 'neutral'],
};

/** A task that a person stopped is `failed` for the contract, with this reason. */
const CANCELLED = 'cancelled';

export const stateOf = ({ status, data }: Task): State =>
  status === 'failed' && data.reason === CANCELLED ? 'cancelled' : status;

export const TaskBadge = ({ task }: { task: Task }) => {
  const { t } = useI18n();
  const [key, tone] = STATES[stateOf(task)];
  return <Badge tone={tone}>{t(key)}</Badge>;
};

const KINDS: Readonly<Partial<Record<Task['task'], Key>>> = {
  'endpoint.recover': 'replays.kind.recover',
  'endpoint.replay': 'replays.kind.missing',
  'endpoint.bulk-replay': 'replays.kind.bulk',
};

export const useTaskKind = (): ((task: Task) => string) => {
  const { t } = useI18n();
  return ({ task }) => {
    const key = KINDS[task];
    return key === undefined ? task : t(key);
  };
};

/** How much of the period was processed. */
export const TaskProgress = ({ task }: { task: Task }) => {
  const { t, percent } = useI18n();
  const { progress, messagesSent = 0 } = task.data;
  return (
    <div class="progress">
      <progress class="progress-bar" max={1} value={progress} aria-label={t('replays.run.progress')} />
      <span class="progress-text">
        {percent(progress)} · {t('replays.run.sent', { count: messagesSent })}
      </span>
    </div>
  );
};
