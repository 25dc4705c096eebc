import type { ReplayOrder } from '../../../functions/replay/tasks.flow.ts';
import { NO_FILTERS } from '../../../functions/replay/task.domain.ts';
import { makeRunTask } from '../../../functions/replay/run-task.flow.ts';
import { makeSelect } from '../../../functions/replay/task-selection.flow.ts';
import { makeTasks } from '../../../functions/replay/tasks.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import { APP, ENDPOINT, ORG, seededIds } from '../../support/simulation/builders.ts';
import { makeDeliveryQueue } from '../../support/simulation/simulation.ts';
import type { Simulation } from '../../support/simulation/simulation.ts';
import { makeMemoryAttempts } from '../../support/simulation/views.ts';
import { NO_STATISTICS } from '../../support/memory/task-results.ts';
import { makeMemoryTasks } from '../../support/memory/tasks.ts';
import { NOTHING_PURGED, makeTaskMessages } from '../replay/task-messages.ts';

/** Starts and runs replay tasks of the simulation's endpoint. */
export const makeRunReplay = (simulation: Simulation) => {
  const { clock, tenants, messages, log, views } = simulation;
  const { now } = clock;
  const store = makeMemoryTasks();
  const { queue, waiting } = makeTaskMessages(now);
  const select = makeSelect({
    ...{ tenants, messages, now, attempts: makeMemoryAttempts(views, log) },
    deliveryStatus: { messages: () => Promise.reject(new Error('only bulk-replay asks')) },
    sent: {
      states: async (_, ids) => views.endpointMessages().filter(({ messageId }) => ids.includes(messageId)),
    },
  });
  const deliveries = makeDeliveryQueue(simulation.deliveries);
  const steps = { now, step: noSteps };
  const run = makeRunTask({
    ...{ ...NO_STATISTICS, ...NOTHING_PURGED },
    ...{ store, queue, deliveries, log, select, ...steps },
  });

  return async (kind: ReplayOrder['kind'], since: number): Promise<void> => {
    const ids = seededIds(now() % 1000);
    const tasks = makeTasks({ ...NO_STATISTICS, store, queue, select, ids, ...steps });
    await tasks.start({
      ...{ orgId: ORG, appId: APP, endpointId: ENDPOINT, kind },
      ...{ since, until: null, filters: NO_FILTERS, rate: null },
    });
    for (const { queueMessage, messageId } of waiting.splice(0))
      await run(queueMessage, messageId, () => 60_000);
  };
};
