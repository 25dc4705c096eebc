import { Link } from 'wouter-preact';
import { useEndpointChoice } from '../../api/catalog.ts';
import type { Task } from '../../api/types.ts';
import { Card } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { TaskBadge, TaskProgress, useTaskKind } from './task-status.tsx';
import { useTasks } from './use-replays.ts';

const Row = ({ task }: { task: Task }) => {
  const kindOf = useTaskKind();
  const endpoints = useEndpointChoice().data?.items ?? [];
  const { endpointId = '' } = task.data;
  return (
    <tr class="linked">
      <th scope="row">
        <Link href={`/replays/${task.id}`} class="row-link">
          {kindOf(task)}
        </Link>
        <span class="cell-sub break">{endpoints.find(({ id }) => id === endpointId)?.url ?? endpointId}</span>
      </th>
      <td>
        <TaskBadge task={task} />
      </td>
      <td class="wide">
        <TaskProgress task={task} />
      </td>
      <td>
        <Time at={task.updatedAt} />
      </td>
    </tr>
  );
};

/** The runs of the application, newest first. */
export const TasksCard = () => {
  const { t } = useI18n();
  const tasks = useTasks();
  return (
    <Card title={t('replays.list')} flush>
      <Loaded query={tasks}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t('replays.list.none')} icon="refresh">
              {t('replays.list.none.text')}
            </Empty>
          ) : (
            <Table
              caption={t('replays.list')}
              columns={[
                { label: t('replays.run') },
                { label: t('messages.status') },
                { label: t('replays.run.progress'), kind: 'wide' },
                { label: t('replays.run.updated') },
              ]}
            >
              {found.map((task) => (
                <Row key={task.id} task={task} />
              ))}
            </Table>
          )
        }
      </Loaded>
    </Card>
  );
};
