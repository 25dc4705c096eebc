import { queueState } from '../dlq/queue-state.ts';
import { PIPELINE_QUEUES } from '../dlq/queues.ts';
import type { Stage } from '../dlq/stage.ts';
import { countText } from '../dlq/view.ts';

/**
 * Prints how many dead letters the pipeline's queues hold and how to replay them. Their deliveries count as overdue, so
 * a replay after `--fix` queues the same deliveries a second time. They are deduplicated, but cost work.
 */
export const warnOfDeadLetters = async (
  stage: Stage,
  stageName: string,
  say: (text: string) => void,
): Promise<void> => {
  const queues = await Promise.all(
    PIPELINE_QUEUES.map(async ({ name, output }) => ({ name, ...(await queueState(stage, output)) })),
  );
  const dead = queues.filter(({ held }) => held > 0);
  if (dead.length === 0) return;
  say('Replay these dead letters before you use --fix, which would queue the same deliveries:');
  for (const { name, held } of dead)
    say(`  ${countText(held)}: npm run dlq -- replay ${name} --stage ${stageName}`);
};
